//! JSON read without trusting its shape: what is of another kind than expected is as good as absent.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// A text, or a number or a truth as text; empty for anything else.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Text<'a>(pub(super) Cow<'a, str>);

impl Text<'_> {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl std::ops::Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

/// An object of a shape; none for anything else.
#[derive(Debug)]
pub(super) struct Maybe<T>(pub(super) Option<T>);

impl<T> Default for Maybe<T> {
    fn default() -> Maybe<T> {
        Maybe(None)
    }
}

/// The objects of a list that are of a shape; none for anything else.
#[derive(Debug)]
pub(super) struct List<T>(pub(super) Vec<T>);

impl<T> Default for List<T> {
    fn default() -> List<T> {
        List(Vec::new())
    }
}

/// The members of an object in their order, unread; none for anything else.
#[derive(Debug, Default)]
pub(super) struct Members<'a>(pub(super) Vec<(Cow<'a, str>, &'a RawValue)>);

/// Reads JSON as a shape; its default where it is of none.
pub(super) fn shaped<'a, T: Deserialize<'a> + Default>(json: &'a RawValue) -> T {
    serde_json::from_str(json.get()).unwrap_or_default()
}

/// Reads the JSON of a record; none where it is of no such shape.
pub(super) fn recorded<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Option<T> {
    // As text it is looked at once for what is no UTF-8, and not for each string.
    serde_json::from_str(std::str::from_utf8(body).ok()?).ok()
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Text<'de>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("anything")
    }
    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Text<'de>, E> {
        Ok(Text(Cow::Borrowed(text)))
    }
    fn visit_str<E>(self, text: &str) -> Result<Text<'de>, E> {
        Ok(Text(Cow::Owned(text.to_owned())))
    }
    fn visit_bool<E>(self, it: bool) -> Result<Text<'de>, E> {
        Ok(Text(Cow::Borrowed(if it { "true" } else { "false" })))
    }
    fn visit_i64<E>(self, it: i64) -> Result<Text<'de>, E> {
        Ok(Text(Cow::Owned(it.to_string())))
    }
    fn visit_u64<E>(self, it: u64) -> Result<Text<'de>, E> {
        Ok(Text(Cow::Owned(it.to_string())))
    }
    fn visit_f64<E>(self, it: f64) -> Result<Text<'de>, E> {
        Ok(Text(Cow::Owned(it.to_string())))
    }
    fn visit_unit<E>(self) -> Result<Text<'de>, E> {
        Ok(Text::default())
    }
    fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<Text<'de>, M::Error> {
        IgnoredAny.visit_map(map).map(|_| Text::default())
    }
    fn visit_seq<S: SeqAccess<'de>>(self, list: S) -> Result<Text<'de>, S::Error> {
        IgnoredAny.visit_seq(list).map(|_| Text::default())
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Text<'a>, D::Error> {
        json.deserialize_any(TextVisitor)
    }
}

/// Says how a visitor treats what it does not look for.
macro_rules! otherwise {
    ($value:ty, $none:expr; $($kind:ident),*) => {
        fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
            out.write_str("anything")
        }
        fn visit_str<E>(self, _: &str) -> Result<$value, E> {
            Ok($none)
        }
        fn visit_bool<E>(self, _: bool) -> Result<$value, E> {
            Ok($none)
        }
        fn visit_i64<E>(self, _: i64) -> Result<$value, E> {
            Ok($none)
        }
        fn visit_u64<E>(self, _: u64) -> Result<$value, E> {
            Ok($none)
        }
        fn visit_f64<E>(self, _: f64) -> Result<$value, E> {
            Ok($none)
        }
        fn visit_unit<E>(self) -> Result<$value, E> {
            Ok($none)
        }
        $(otherwise!(@$kind $value, $none);)*
    };
    (@map $value:ty, $none:expr) => {
        fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<$value, M::Error> {
            IgnoredAny.visit_map(map).map(|_| $none)
        }
    };
    (@seq $value:ty, $none:expr) => {
        fn visit_seq<S: SeqAccess<'de>>(self, list: S) -> Result<$value, S::Error> {
            IgnoredAny.visit_seq(list).map(|_| $none)
        }
    };
}

struct MaybeVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for MaybeVisitor<T> {
    type Value = Maybe<T>;

    fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<Maybe<T>, M::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(|it| Maybe(Some(it)))
    }
    otherwise!(Maybe<T>, Maybe(None); seq);
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Maybe<T> {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Maybe<T>, D::Error> {
        json.deserialize_any(MaybeVisitor(PhantomData))
    }
}

struct ListVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ListVisitor<T> {
    type Value = List<T>;

    fn visit_seq<S: SeqAccess<'de>>(self, mut list: S) -> Result<List<T>, S::Error> {
        let mut found = Vec::new();
        while let Some(Maybe(it)) = list.next_element()? {
            found.extend(it);
        }
        Ok(List(found))
    }
    otherwise!(List<T>, List(Vec::new()); map);
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<List<T>, D::Error> {
        json.deserialize_any(ListVisitor(PhantomData))
    }
}

/// What is made of an object member by member.
pub(super) trait Object<'de>: Default {
    /// Takes the value that comes next.
    fn member<M: MapAccess<'de>>(
        &mut self,
        name: Cow<'de, str>,
        map: &mut M,
    ) -> Result<(), M::Error>;
}

impl<'de> Object<'de> for Members<'de> {
    fn member<M: MapAccess<'de>>(
        &mut self,
        name: Cow<'de, str>,
        map: &mut M,
    ) -> Result<(), M::Error> {
        self.0.push((name, map.next_value()?));
        Ok(())
    }
}

struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: Object<'de>> Visitor<'de> for ObjectVisitor<T> {
    type Value = T;

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<T, M::Error> {
        let mut object = T::default();
        while let Some(Text(name)) = map.next_key()? {
            object.member(name, &mut map)?;
        }
        Ok(object)
    }
    otherwise!(T, T::default(); seq);
}

/// Reads an object member by member; the default for anything else.
pub(super) fn object<'de, T: Object<'de>, D: Deserializer<'de>>(json: D) -> Result<T, D::Error> {
    json.deserialize_any(ObjectVisitor(PhantomData))
}

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Members<'a>, D::Error> {
        object(json)
    }
}
