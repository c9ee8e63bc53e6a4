"""From the values behind labels to the cells of a form: which number belongs to which column.

A number is never changed and never guessed. Where the count of values does not settle their places, the sums of the
form may choose between possible readings; where they do not either, the cells are unreadable.
"""
