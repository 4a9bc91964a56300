//! The frame of an AAF file: XML in, raw `addRequest`s out.

use super::entity::{is_xml, resolve};
use crate::decode::DecodeReader;
use crate::elements::{short, xml_fault};
use crate::limits::{ATTRIBUTES_PER_RECORD_MAX, DEPTH_MAX, RECORD_BYTES_MAX, VALUE_BYTES_MAX};
use preau_school::feed::Fault;
use preau_school::feed::fault::{AafFault, Bytes, ReadFault};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event as Xml};
use std::io::Read;

/// A request as written: attributes with their values, in order.
#[derive(Debug, Default)]
pub(super) struct RawRequest {
    /// Line of its start tag.
    pub line: u64,
    /// From 1 in its file.
    pub number: u64,
    pub id: String,
    pub category: String,
    pub attributes: Vec<(String, Vec<String>)>,
    /// The first thing that is wrong; then nothing more is kept.
    pub fault: Option<Fault>,
}

pub(super) enum Event {
    Request(RawRequest),
    /// Nothing more can be read from this file.
    Broken {
        line: u64,
        number: u64,
        fault: Fault,
    },
}

/// The requests of one file.
pub(super) struct Requests<R: Read> {
    reader: Reader<DecodeReader<R>>,
    buffer: Vec<u8>,
    frame: Frame,
    done: bool,
}

impl<R: Read> Requests<R> {
    pub fn new(source: DecodeReader<R>) -> Self {
        let mut reader = Reader::from_reader(source);
        let config = reader.config_mut();
        config.expand_empty_elements = true;
        config.check_end_names = true;
        Self { reader, buffer: Vec::new(), frame: Frame::default(), done: false }
    }
}

impl<R: Read> Iterator for Requests<R> {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        while !self.done {
            self.buffer.clear();
            self.reader.get_mut().start_piece();
            let line = self.reader.get_ref().line();
            let from = self.reader.get_ref().given();
            let outcome = match self.reader.read_event_into(&mut self.buffer) {
                Ok(xml) => self.frame.take(&xml, line, from),
                // A wrong byte stands where reading stopped, not where the piece began.
                Err(error) => Err(xml_fault(error).into()),
            };
            match outcome {
                Ok(Step::On) => {}
                Ok(Step::Complete(request)) => return Some(Event::Request(request)),
                Ok(Step::End) => self.done = true,
                Err(fault) => {
                    self.done = true;
                    let line = self.reader.get_ref().line();
                    return Some(Event::Broken { line, number: self.frame.number, fault });
                }
            }
        }
        None
    }
}

/// Where in the frame we stand, and the request that is being read.
#[derive(Default)]
struct Frame {
    /// Names of the open elements.
    open: Vec<String>,
    seen_root: bool,
    number: u64,
    request: RawRequest,
    request_from: u64,
    text: Option<String>,
}

enum Step {
    On,
    Complete(RawRequest),
    End,
}

impl Frame {
    /// Takes the next piece of XML, which begins on `line` after `from` bytes. An error ends the file.
    fn take(&mut self, xml: &Xml<'_>, line: u64, from: u64) -> Result<Step, Fault> {
        if self.open.len() > 1 && from - self.request_from > RECORD_BYTES_MAX {
            self.refuse(AafFault::LongRecord { most: Bytes(RECORD_BYTES_MAX) });
        }
        match xml {
            Xml::Start(tag) => self.start(tag, line, from)?,
            Xml::End(_) => return Ok(self.end()),
            Xml::Text(text) => self.text(text)?,
            Xml::CData(text) => self.text(text)?,
            Xml::GeneralRef(name) => match resolve(name) {
                Ok(c) => self.text(c.encode_utf8(&mut [0; 4]))?,
                Err(fault) if self.text.is_some() => self.refuse(fault),
                Err(_) => {}
            },
            Xml::DocType(text) if text.contains("<!ENTITY") => return Err(ReadFault::OwnEntities.into()),
            Xml::Eof => return self.finish(),
            Xml::Empty(_) | Xml::Comment(_) | Xml::Decl(_) | Xml::PI(_) | Xml::DocType(_) => {}
        }
        Ok(Step::On)
    }

    fn start(&mut self, tag: &BytesStart<'_>, line: u64, from: u64) -> Result<(), Fault> {
        let name = tag.name();
        let name = name.as_ref();
        match self.open.as_slice() {
            [] if self.seen_root => return Err(AafFault::AfterRoot.into()),
            [] if name != "ficAlimMENESR" => return Err(AafFault::WrongRoot { name: name.into() }.into()),
            [] => self.seen_root = true,
            [_] => self.begin(name, line, from),
            [_, _, identifier] if identifier == "identifier" && name == "id" => self.text = Some(String::new()),
            [_, _, section] if name == "attr" && matches!(section.as_str(), "attributes" | "operationalAttributes") => {
                self.attribute(tag);
            }
            [_, _, _, attr] if attr == "attr" && name == "value" => self.text = Some(String::new()),
            _ => {}
        }
        if self.open.len() >= DEPTH_MAX {
            return Err(ReadFault::Deep { most: DEPTH_MAX as u64 }.into());
        }
        self.open.push(short(name));
        Ok(())
    }

    fn begin(&mut self, name: &str, line: u64, from: u64) {
        self.number += 1;
        self.request_from = from;
        let fault = match name {
            "addRequest" => None,
            "modifyRequest" | "deleteRequest" => Some(AafFault::Delta { request: name.into() }.into()),
            other => Some(AafFault::UnknownElement { name: other.into() }.into()),
        };
        self.request = RawRequest { line, number: self.number, fault, ..RawRequest::default() };
    }

    fn attribute(&mut self, tag: &BytesStart<'_>) {
        let Ok(Some(name)) = tag.try_get_attribute("name") else { return self.refuse(AafFault::NamelessAttribute) };
        if self.request.attributes.len() >= ATTRIBUTES_PER_RECORD_MAX {
            return self.refuse(ReadFault::ManyAttributes { most: ATTRIBUTES_PER_RECORD_MAX as u64 });
        }
        if self.request.fault.is_none() {
            self.request.attributes.push((name.value.to_string(), Vec::new()));
        }
    }

    fn text(&mut self, text: &str) -> Result<(), Fault> {
        match &mut self.text {
            // The identifier of a refused record is still wanted, for the report.
            Some(value) if self.request.fault.is_none() || self.open.last().is_some_and(|it| it == "id") => {
                if value.len() + text.len() > VALUE_BYTES_MAX {
                    self.refuse(ReadFault::LongValue { most: Bytes(VALUE_BYTES_MAX as u64) });
                } else if let Some(c) = text.chars().find(|&c| !is_xml(c)) {
                    self.refuse(AafFault::BadCharacter { character: format!("U+{:04X}", u32::from(c)).into() });
                } else {
                    value.push_str(text);
                }
            }
            None if self.open.is_empty() && self.seen_root && !text.trim().is_empty() => {
                return Err(AafFault::AfterRoot.into());
            }
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self) -> Step {
        self.open.pop();
        let value = self.text.take();
        match (self.open.as_slice(), value) {
            ([_], _) => return Step::Complete(std::mem::take(&mut self.request)),
            ([_, _, _], Some(id)) => self.request.id = id.trim().to_owned(),
            ([_, _, section, _], Some(value)) => {
                if let Some((_, values)) = self.request.attributes.last_mut() {
                    if section == "operationalAttributes" {
                        self.request.category.clone_from(&value);
                    }
                    values.push(value);
                }
            }
            _ => {}
        }
        Step::On
    }

    fn refuse(&mut self, fault: impl Into<Fault>) {
        self.request.attributes = Vec::new();
        self.request.fault.get_or_insert(fault.into());
    }

    fn finish(&self) -> Result<Step, Fault> {
        match self.open.last() {
            Some(name) => Err(ReadFault::CutOff { element: name.as_str().into() }.into()),
            None if self.seen_root => Ok(Step::End),
            None => Err(AafFault::NoRoot.into()),
        }
    }
}
