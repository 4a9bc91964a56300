# Work to be done, handing in, files.

file-too-large = “{ $name }” is too large: nothing of it is kept. Without script, one form takes 8 MB at most.
file-too-many = Too many files at once: { $most } at most. The others are kept.
file-disk-full = The server has no room left: the file is not kept. Tell your school, then try again.
file-cut-off = The connection broke off, or the form has more than 8 MB: choose again what is missing.
size-bytes = { $count } bytes
size-kilo = { $count } kB
size-mega = { $whole }.{ $tenth } MB
