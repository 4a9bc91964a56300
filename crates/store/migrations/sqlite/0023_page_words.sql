-- What is written on a page of a document, for those who listen to it.
ALTER TABLE lesson_page ADD COLUMN words TEXT NOT NULL DEFAULT '';
