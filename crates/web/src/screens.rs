pub(crate) mod language;
