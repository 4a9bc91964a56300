//! XML of timetable exports: the elements that somebody wants, each as a small tree, one after the other.

use crate::decode::{DecodeReader, fault_of};
use crate::limits::{ATTRIBUTES_PER_RECORD_MAX, CHILDREN_PER_ENTITY_MAX, DEPTH_MAX, VALUE_BYTES_MAX};
use preau_school::feed::fault::{Bytes, ReadFault, XmlFlaw};
use quick_xml::errors::{IllFormedError, SyntaxError};
use quick_xml::events::attributes::AttrError;
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

/// Reads a file to its end and gives each element for which `wanted(name, open)` is true, where `open` are the names of
/// the elements around it. What stands inside a wanted element is part of it and not asked for again.
///
/// # Errors
/// The line and the reason when the rest cannot be read; what came before has been given.
pub(crate) fn read<R: Read>(
    source: DecodeReader<R>,
    wanted: impl Fn(&str, &[String]) -> bool,
    mut each: impl FnMut(Element),
) -> Result<(), (u64, ReadFault)> {
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
            Err(error) => return Err((reader.get_ref().line(), xml_fault(error))),
        };
        match tree.take(&event, line, &wanted) {
            Ok(Step::On) => {}
            Ok(Step::Whole(element)) => each(element),
            Ok(Step::End) => return Ok(()),
            Err(fault) => return Err((line, fault)),
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
    ) -> Result<Step, ReadFault> {
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
            Event::DocType(text) if text.contains("<!ENTITY") => return Err(ReadFault::OwnEntities),
            Event::Eof => {
                return match self.open.last() {
                    Some(name) => Err(ReadFault::CutOff { element: name.as_str().into() }),
                    None if self.seen => Ok(Step::End),
                    None => Err(ReadFault::NoXml),
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
    ) -> Result<(), ReadFault> {
        let name = tag.name();
        let name = name.as_ref();
        self.seen = true;
        if self.open.len() >= DEPTH_MAX {
            return Err(ReadFault::Deep { most: DEPTH_MAX as u64 });
        }
        if !self.stack.is_empty() || wanted(name, &self.open) {
            self.children = if self.stack.is_empty() { 0 } else { self.children + 1 };
            if self.children > CHILDREN_PER_ENTITY_MAX {
                return Err(ReadFault::ManyChildren { most: CHILDREN_PER_ENTITY_MAX as u64 });
            }
            let attributes = attributes(tag)?;
            self.stack.push(Element { name: short(name), attributes, line, ..Element::default() });
        }
        self.open.push(short(name));
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), ReadFault> {
        if let Some(element) = self.stack.last_mut() {
            if element.text.len() + text.len() > VALUE_BYTES_MAX {
                return Err(ReadFault::LongValue { most: Bytes(VALUE_BYTES_MAX as u64) });
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

fn attributes(tag: &BytesStart<'_>) -> Result<Vec<(String, String)>, ReadFault> {
    let mut found = Vec::new();
    for attribute in tag.attributes() {
        let attribute = attribute.map_err(|error| xml_fault(error.into()))?;
        if found.len() >= ATTRIBUTES_PER_RECORD_MAX {
            return Err(ReadFault::ManyAttributes { most: ATTRIBUTES_PER_RECORD_MAX as u64 });
        }
        if attribute.value.len() > VALUE_BYTES_MAX {
            return Err(ReadFault::LongValue { most: Bytes(VALUE_BYTES_MAX as u64) });
        }
        let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(xml_fault)?;
        found.push((short(attribute.key.as_ref()), value.into_owned()));
    }
    Ok(found)
}

/// What the parser's error is about.
pub(crate) fn xml_fault(error: quick_xml::Error) -> ReadFault {
    match error {
        quick_xml::Error::Io(io) => fault_of(&io),
        quick_xml::Error::Syntax(
            SyntaxError::UnclosedTag | SyntaxError::UnclosedComment | SyntaxError::UnclosedCData,
        ) => ReadFault::CutOffInTag,
        quick_xml::Error::IllFormed(IllFormedError::MismatchedEndTag { expected, found }) => {
            ReadFault::OtherEnd { found: found.into(), expected: expected.into() }
        }
        quick_xml::Error::IllFormed(IllFormedError::UnmatchedEndTag(found)) => {
            ReadFault::NoStart { found: found.into() }
        }
        quick_xml::Error::IllFormed(IllFormedError::MissingEndTag(name)) => ReadFault::CutOff { element: name.into() },
        other => ReadFault::Malformed { flaw: flaw_of(&other) },
    }
}

fn flaw_of(error: &quick_xml::Error) -> XmlFlaw {
    use quick_xml::Error;
    match error {
        Error::InvalidAttr(AttrError::Duplicated(..)) => XmlFlaw::SameAttribute,
        Error::InvalidAttr(AttrError::ExpectedQuote(..))
        | Error::Syntax(
            SyntaxError::UnclosedSingleQuotedAttributeValue | SyntaxError::UnclosedDoubleQuotedAttributeValue,
        ) => XmlFlaw::OpenQuote,
        Error::InvalidAttr(_) => XmlFlaw::Attribute,
        Error::Escape(_) | Error::IllFormed(IllFormedError::UnclosedReference) => XmlFlaw::Reference,
        Error::Syntax(SyntaxError::UnclosedPI | SyntaxError::UnclosedXmlDecl)
        | Error::IllFormed(IllFormedError::MissingDeclVersion(_) | IllFormedError::UnknownVersion) => {
            XmlFlaw::Instruction
        }
        Error::Syntax(SyntaxError::UnclosedDoctype) | Error::IllFormed(IllFormedError::MissingDoctypeName) => {
            XmlFlaw::Doctype
        }
        Error::Syntax(SyntaxError::InvalidBangMarkup) => XmlFlaw::Markup,
        _ => XmlFlaw::Other,
    }
}

const NAME_CHARS_SHOWN: usize = 60;

/// The beginning of a name of an element: none that is wanted is longer.
pub(crate) fn short(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(NAME_CHARS_SHOWN).collect()
}
