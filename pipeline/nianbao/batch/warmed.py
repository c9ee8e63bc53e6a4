"""Imported where workers are forked: catalogues and models are loaded once, and the workers share their memory."""

from __future__ import annotations

from contextlib import suppress

from nianbao.batch.work import warm_up

with suppress(Exception):  # the first worker meets the same and says so
    warm_up()
