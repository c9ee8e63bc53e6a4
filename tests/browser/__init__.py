"""Tests that open pages in a browser: `make browser`. A package, so that its conftest is not the other one."""
