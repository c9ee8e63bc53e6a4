"""Looking at records: a page for the browser, a display for notebooks, charts.

`page` writes the evidence viewer, one file that holds all it needs, in which a reader can mend what was read and take
it away as an annotated sample (`nianbao.train.annotation`); `notebook` is what Jupyter shows of a record; `charts`
draws what many records have to say.
"""
