//! The texts of the pages: `texts/{fr,en}/*.ftl`, one file an area.
//!
//! Each message gets `$who`: `tu` for pupils, `vous` for everybody else.

use crate::lang::Lang;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use std::sync::LazyLock;
use unic_langid::LanguageIdentifier;

include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// How a person is spoken to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Voice {
    /// A pupil.
    Tu,
    /// An adult, or somebody who is not known yet.
    #[default]
    Vous,
}

impl Voice {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Tu => "tu",
            Self::Vous => "vous",
        }
    }
}

/// What a text may be given. Templates hand out references, so any depth of them counts.
pub trait Arg {
    fn value(&self) -> FluentValue<'static>;
}

impl<T: Arg + ?Sized> Arg for &T {
    fn value(&self) -> FluentValue<'static> {
        (**self).value()
    }
}

impl Arg for str {
    fn value(&self) -> FluentValue<'static> {
        FluentValue::from(self.to_owned())
    }
}

impl Arg for String {
    fn value(&self) -> FluentValue<'static> {
        FluentValue::from(self.clone())
    }
}

macro_rules! numbers {
    ($($number:ty)*) => {$(
        impl Arg for $number {
            fn value(&self) -> FluentValue<'static> {
                FluentValue::from(*self)
            }
        }
    )*};
}

numbers!(u8 u16 u32 u64 usize i8 i16 i32 i64);

type Bundle = FluentBundle<FluentResource>;

static FR: LazyLock<Bundle> = LazyLock::new(|| bundle(Lang::Fr, TEXTS_FR));
static EN: LazyLock<Bundle> = LazyLock::new(|| bundle(Lang::En, TEXTS_EN));

fn bundle(lang: Lang, files: &'static [(&str, &str)]) -> Bundle {
    let locale: LanguageIdentifier = lang.as_str().parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![locale]);
    // The marks that isolate right-to-left text show up in `title` and in copied text.
    bundle.set_use_isolating(false);
    for (name, text) in files {
        let resource = FluentResource::try_new((*text).to_owned()).unwrap_or_else(|(good, errors)| {
            tracing::error!(file = name, ?errors, "texts: syntax");
            good
        });
        if let Err(errors) = bundle.add_resource(resource) {
            tracing::error!(file = name, ?errors, "texts: a key occurs twice");
        }
    }
    bundle
}

const fn bundle_of(lang: Lang) -> &'static LazyLock<Bundle> {
    match lang {
        Lang::Fr => &FR,
        Lang::En => &EN,
    }
}

pub(crate) fn has(lang: Lang, key: &str) -> bool {
    bundle_of(lang).has_message(key)
}

/// The text of `key`. A missing one gives the key itself, which a test rules out for every key that is used.
pub(crate) fn text(lang: Lang, voice: Voice, key: &str, mut args: FluentArgs<'_>) -> String {
    let bundle = bundle_of(lang);
    let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
        tracing::error!(key, lang = lang.as_str(), "texts: no such key");
        return key.to_owned();
    };
    args.set("who", voice.as_str());
    let mut errors = Vec::new();
    let text = bundle.format_pattern(pattern, Some(&args), &mut errors).into_owned();
    if !errors.is_empty() {
        tracing::error!(key, lang = lang.as_str(), ?errors, "texts: cannot be formed");
    }
    text
}

#[cfg(test)]
mod tests;
