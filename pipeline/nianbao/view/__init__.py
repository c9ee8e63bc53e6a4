"""Looking at records: a page for the browser, a display for notebooks, charts.

`page` writes the evidence viewer, one file that holds all it needs; `corrections` reads what was mended in it;
`notebook` is what Jupyter shows of a record; `charts` draws what many records have to say.
"""
