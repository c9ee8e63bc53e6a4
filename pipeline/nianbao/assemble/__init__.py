"""From the layers to the record; `build` makes the fields, the other modules read one thing each."""
