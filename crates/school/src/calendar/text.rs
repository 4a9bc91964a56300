//! The text of a calendar as TOML has it, before its words mean anything.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use toml::value::Datetime;

#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct DraftText {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extends: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first: Option<Datetime>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last: Option<Datetime>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weekdays: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weeks: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_week: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub lists: BTreeMap<String, Vec<String>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rule: Vec<RuleText>,
}

#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RuleText {
    pub label: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub label_en: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Datetime>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_evening: Option<Datetime>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<Datetime>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub back: Option<Datetime>,
    pub mode: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub turns: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub zones: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub departements: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub departements_of: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub grades: Vec<String>,
}
