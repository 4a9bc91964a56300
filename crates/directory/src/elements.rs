//! XML of timetable exports: the elements that somebody wants, each as a small tree, one after the other.

use crate::decode::DecodeReader;
use crate::limits::{ATTRIBUTES_PER_RECORD_MAX, CHILDREN_PER_ENTITY_MAX, DEPTH_MAX, VALUE_BYTES_MAX};
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use std::io::Read;

/// An element with its attributes and what stands below it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Element {
    pub name: String,
    pub attributes: Vec<(String, String)>,
    pub children: Vec<Element>,
    pub text: String,
    pub line: u64,
}

impl Element {
    /// An attribute's value without white space around it; empty when there is none.
    pub fn get(&self, name: &str) -> &str {
        self.attributes.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.trim())
    }

    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.children.iter().filter(move |child| child.name == name)
    }
}

/// Why the rest of a file is not read. Holds names of the format, never values of people.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Broken {
    #[error("the document type declares entities of its own, which are not expanded")]
    OwnEntities,
    #[error("more than {DEPTH_MAX} elements stand in each other")]
    Deep,
    #[error("an element has more than {ATTRIBUTES_PER_RECORD_MAX} attributes")]
    ManyAttributes,
    #[error("an element holds more than {CHILDREN_PER_ENTITY_MAX} others")]
    ManyChildren,
    #[error("a value is longer than {VALUE_BYTES_MAX} bytes")]
    LongValue,
    #[error("the file ends in the middle of <{0}>: it was cut off")]
    CutOff(String),
    #[error("there is no XML in the file")]
    Empty,
    #[error("{0}")]
    Xml(String),
}

/// Reads a file to its end and gives each element for which `wanted(name, open)` is true, where `open` are the names of
/// the elements around it. What stands inside a wanted element is part of it and not asked for again.
///
/// # Errors
/// The line and the reason when the rest cannot be read; what came before has been given.
pub(crate) fn read<R: Read>(
    source: DecodeReader<R>,
    wanted: impl Fn(&str, &[String]) -> bool,
    mut each: impl FnMut(Element),
) -> Result<(), (u64, Broken)> {
    let mut reader = Reader::from_reader(source);
    let config = reader.config_mut();
    config.expand_empty_elements = true;
    config.check_end_names = true;
    let mut tree = Tree::default();
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        reader.get_mut().start_piece();
        let line = reader.get_ref().line();
        let event = match reader.read_event_into(&mut buffer) {
            Ok(event) => event,
            Err(error) => return Err((reader.get_ref().line(), Broken::Xml(short(&error.to_string())))),
        };
        match tree.take(&event, line, &wanted) {
            Ok(Step::On) => {}
            Ok(Step::Whole(element)) => each(element),
            Ok(Step::End) => return Ok(()),
            Err(broken) => return Err((line, broken)),
        }
    }
}

enum Step {
    On,
    Whole(Element),
    End,
}

#[derive(Default)]
struct Tree {
    /// Names of the open elements.
    open: Vec<String>,
    /// The wanted element that is being read, and those open below it.
    stack: Vec<Element>,
    children: usize,
    seen: bool,
}

impl Tree {
    fn take(
        &mut self,
        event: &Event<'_>,
        line: u64,
        wanted: &impl Fn(&str, &[String]) -> bool,
    ) -> Result<Step, Broken> {
        match event {
            Event::Start(tag) => self.start(tag, line, wanted)?,
            Event::End(_) => return Ok(self.end()),
            Event::Text(text) => self.text(text)?,
            Event::CData(text) => self.text(text)?,
            Event::GeneralRef(name) => {
                if let Some(text) = quick_xml::escape::resolve_predefined_entity(name) {
                    self.text(text)?;
                }
            }
            Event::DocType(text) if text.contains("<!ENTITY") => return Err(Broken::OwnEntities),
            Event::Eof => {
                return match self.open.last() {
                    Some(name) => Err(Broken::CutOff(name.clone())),
                    None if self.seen => Ok(Step::End),
                    None => Err(Broken::Empty),
                };
            }
            Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
        }
        Ok(Step::On)
    }

    fn start(
        &mut self,
        tag: &BytesStart<'_>,
        line: u64,
        wanted: &impl Fn(&str, &[String]) -> bool,
    ) -> Result<(), Broken> {
        let name = tag.name();
        let name = name.as_ref();
        self.seen = true;
        if self.open.len() >= DEPTH_MAX {
            return Err(Broken::Deep);
        }
        if !self.stack.is_empty() || wanted(name, &self.open) {
            self.children = if self.stack.is_empty() { 0 } else { self.children + 1 };
            if self.children > CHILDREN_PER_ENTITY_MAX {
                return Err(Broken::ManyChildren);
            }
            let attributes = attributes(tag)?;
            self.stack.push(Element { name: short(name), attributes, line, ..Element::default() });
        }
        self.open.push(short(name));
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), Broken> {
        if let Some(element) = self.stack.last_mut() {
            if element.text.len() + text.len() > VALUE_BYTES_MAX {
                return Err(Broken::LongValue);
            }
            element.text.push_str(text);
        }
        Ok(())
    }

    fn end(&mut self) -> Step {
        self.open.pop();
        match (self.stack.pop(), self.stack.last_mut()) {
            (Some(child), Some(parent)) => parent.children.push(child),
            (Some(whole), None) => return Step::Whole(whole),
            (None, _) => {}
        }
        Step::On
    }
}

fn attributes(tag: &BytesStart<'_>) -> Result<Vec<(String, String)>, Broken> {
    let mut found = Vec::new();
    for attribute in tag.attributes() {
        let attribute = attribute.map_err(|error| Broken::Xml(short(&error.to_string())))?;
        if found.len() >= ATTRIBUTES_PER_RECORD_MAX {
            return Err(Broken::ManyAttributes);
        }
        if attribute.value.len() > VALUE_BYTES_MAX {
            return Err(Broken::LongValue);
        }
        let value = attribute
            .normalized_value(XmlVersion::Implicit1_0)
            .map_err(|error| Broken::Xml(short(&error.to_string())))?;
        found.push((short(attribute.key.as_ref()), value.into_owned()));
    }
    Ok(found)
}

const SHOWN_CHARS_MAX: usize = 60;

/// The beginning of a name or a message, fit for a report.
fn short(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(SHOWN_CHARS_MAX).collect()
}
