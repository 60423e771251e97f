//! What takes the place of a call.

use super::script::{parts, properties, value, words};
use super::{Asked, Target, What};

/// What a call is, what takes its place, and what a person has to look at.
pub(super) type Answer = (What, Option<String>, &'static str);

pub(super) const CALLBACK: &str =
    "its callback is not called any more: do what it does right after the call";
pub(super) const LISTS: &str =
    "lists such as `items` are not kept: send what you look at as properties of their own";
pub(super) const CONTAINER: &str = "Tag Manager may load other tags that are not in this code: look through its container before it goes";
pub(super) const LAYER: &str = "only tags of Tag Manager read this: see which one does, and send an event where it counts something";
pub(super) const UNKNOWN: &str = "its meaning is not known here: look at it";
pub(super) const SERVER: &str = "it is sent past the page, by Google's protocol: send the event from the page, or to the collector";
pub(super) const IDENTITY: &str = "it names a person: nothing takes its place, for visitors are not told apart for longer than a day";

/// Names of events that the tracker tells by itself, or that say nothing here.
const VIEWS: &[&str] = &[
    "page_view",
    "pageview",
    "screen_view",
    "user_engagement",
    "scroll",
    "session_start",
    "first_visit",
];

fn gone(what: What) -> Answer {
    (what, Some(String::new()), "")
}

/// An event by the words of its name and of its properties.
pub(super) fn event(
    asked: &Asked,
    name: &str,
    props: Option<&str>,
    money: Option<(&str, &str)>,
) -> String {
    let props = props.filter(|it| it.trim() != "{}");
    match asked.target {
        Target::Backstory => match (props, money) {
            (None, None) => format!("window.backstory?.({name})"),
            (Some(props), None) => format!("window.backstory?.({name}, {props})"),
            (props, Some((amount, currency))) => {
                format!(
                    "window.backstory?.({name}, {}, [{amount}, {currency}])",
                    props.unwrap_or("{}")
                )
            }
        },
        Target::Umami => match (props, money) {
            (None, None) => format!("window.umami?.track({name})"),
            (Some(props), None) => format!("window.umami?.track({name}, {props})"),
            (props, Some((amount, currency))) => format!(
                "window.umami?.track({name}, {{ ...{}, revenue: {amount}, currency: {currency} }})",
                props.unwrap_or("{}")
            ),
        },
        Target::Plausible => {
            let props = props.map(|it| format!("props: {it}"));
            let money =
                money.map(|it| format!("revenue: {{ amount: {}, currency: {} }}", it.0, it.1));
            let options: Vec<String> = props.into_iter().chain(money).collect();
            match options.is_empty() {
                true => format!("window.plausible?.({name})"),
                false => format!("window.plausible?.({name}, {{ {} }})", options.join(", ")),
            }
        }
    }
}

/// The element that loads the tracker.
pub(super) fn tag(asked: &Asked, name: &str) -> String {
    let ends = if name == "script" { "></script>" } else { " />" };
    let base = asked.collector.trim_end_matches('/');
    let site = if asked.site.is_empty() { "example.org" } else { &asked.site };
    match asked.target {
        Target::Backstory => {
            let named = match asked.site.is_empty() {
                true => String::new(),
                false => format!(" data-site=\"{site}\""),
            };
            format!("<{name} defer src=\"{base}/b.js\"{named}{ends}")
        }
        Target::Umami => {
            format!("<{name} defer src=\"{base}/script.js\" data-website-id=\"{site}\"{ends}")
        }
        Target::Plausible => {
            format!("<{name} defer src=\"{base}/js/script.js\" data-domain=\"{site}\"{ends}")
        }
    }
}

/// `gtag(…)`, and what wraps it.
pub(super) fn gtag(asked: &Asked, arguments: &[&str]) -> Answer {
    let second = arguments.get(1).copied();
    match (arguments.first().and_then(|it| words(it)), second) {
        (Some("event"), Some(name)) => named(asked, name, arguments.get(2).copied()),
        (Some("js" | "config"), _) => gone(What::Setup),
        (Some("consent"), _) => gone(What::Consent),
        (Some("set"), _) => {
            let text = arguments.concat();
            let names_person = text.contains("user_id") || text.contains("user_properties");
            (What::Setup, Some(String::new()), if names_person { IDENTITY } else { "" })
        }
        _ => (What::Other, None, UNKNOWN),
    }
}

/// An event with its properties, as `gtag('event', …)` has it.
pub(super) fn named(asked: &Asked, name: &str, props: Option<&str>) -> Answer {
    if words(name).is_some_and(|it| VIEWS.contains(&it)) {
        return gone(What::View);
    }
    let known = props.and_then(properties).unwrap_or_default();
    let money = value(&known, &["value"]).zip(value(&known, &["currency"]));
    let note = if known.iter().any(|it| it.0.ends_with("event_callback")) {
        CALLBACK
    } else if known.iter().any(|it| it.1.starts_with('[')) {
        LISTS
    } else {
        ""
    };
    (What::Event, Some(event(asked, name, props, money)), note)
}

/// An event of category, action, label and value.
fn classic(asked: &Asked, category: Option<&str>, action: &str, rest: [Option<&str>; 2]) -> Answer {
    let is_nothing = |it: &&str| matches!(*it, "undefined" | "null" | "''" | "\"\"");
    let named = [("category", category), ("label", rest[0]), ("value", rest[1])];
    let props: Vec<String> = named
        .into_iter()
        .filter_map(|(key, it)| {
            let it = it.filter(|it| !is_nothing(it))?;
            Some(if it == key { key.to_owned() } else { format!("{key}: {it}") })
        })
        .collect();
    let props = (!props.is_empty()).then(|| format!("{{ {} }}", props.join(", ")));
    (What::Event, Some(event(asked, action, props.as_deref(), None)), "")
}

/// The same where it is an object: `{ category, action, label, value }`, `{ eventCategory, … }`.
pub(super) fn classic_object(asked: &Asked, object: &str) -> Answer {
    let Some(known) = properties(object) else { return (What::Event, None, UNKNOWN) };
    let of = |names: &[&str]| value(&known, names);
    let Some(action) = of(&["action", "eventAction", "event_action"]) else {
        return (What::Event, None, UNKNOWN);
    };
    let category = of(&["category", "eventCategory", "event_category"]);
    let rest =
        [of(&["label", "eventLabel", "event_label"]), of(&["value", "eventValue", "event_value"])];
    let (what, text, mut note) = classic(asked, category, action, rest);
    if known.iter().any(|it| it.0 == "hitCallback") {
        note = CALLBACK;
    }
    (what, text, note)
}

/// `ga(…)` of analytics.js; none where it is something else of that name.
pub(super) fn ga(asked: &Asked, arguments: &[&str]) -> Option<Answer> {
    let command = words(arguments.first()?)?;
    // A tracker may have a name of its own.
    let command = command.rsplit_once('.').map_or(command, |it| it.1);
    Some(match command {
        "create" | "require" | "provide" | "remove" => gone(What::Setup),
        "set" => {
            let is_person = arguments.concat().contains("userId");
            (What::Setup, Some(String::new()), if is_person { IDENTITY } else { "" })
        }
        "send" => sent(asked, arguments),
        _ if command.starts_with("ec:") || command.starts_with("ecommerce:") => {
            (What::Other, None, LISTS)
        }
        _ => (What::Other, None, UNKNOWN),
    })
}

fn sent(asked: &Asked, arguments: &[&str]) -> Answer {
    let Some(second) = arguments.get(1) else { return (What::Other, None, UNKNOWN) };
    let at = |place: usize| arguments.get(place).copied().filter(|it| !it.starts_with('{'));
    let object = properties(second).unwrap_or_default();
    match words(value(&object, &["hitType"]).unwrap_or(second)) {
        Some("pageview" | "screenview" | "appview") => gone(What::View),
        Some("event") if !object.is_empty() => classic_object(asked, second),
        Some("event") => match (arguments.get(2), at(3)) {
            (Some(object), None) if object.starts_with('{') => classic_object(asked, object),
            (Some(category), Some(action)) => {
                let (what, text, mut note) = classic(asked, Some(category), action, [at(4), at(5)]);
                if arguments.iter().any(|it| it.contains("hitCallback")) {
                    note = CALLBACK;
                }
                (what, text, note)
            }
            _ => (What::Event, None, UNKNOWN),
        },
        Some("timing") if object.is_empty() => {
            let (category, name, taken) = (at(2), at(3), at(4));
            classic(asked, category, "'timing'", [name, taken])
        }
        Some("exception") => (What::Event, Some(event(asked, "'exception'", at(2), None)), ""),
        Some("social") if object.is_empty() => {
            classic(asked, at(2), at(3).unwrap_or("'social'"), [at(4), None])
        }
        _ => (What::Other, None, UNKNOWN),
    }
}

/// `_gaq.push([…], …)` of ga.js.
pub(super) fn gaq(asked: &Asked, arguments: &[&str]) -> Answer {
    let mut said = Vec::new();
    let mut what = What::Setup;
    for command in arguments {
        if !command.starts_with('[') {
            return (What::Other, None, UNKNOWN);
        }
        let Some(inner) = parts(command, 0) else { return (What::Other, None, UNKNOWN) };
        let of: Vec<&str> = inner.parts.into_iter().map(|it| &command[it]).collect();
        let name = of.first().and_then(|it| words(it)).unwrap_or_default();
        match name.rsplit_once('.').map_or(name, |it| it.1) {
            "_trackPageview" => what = what.max(What::View),
            "_trackEvent" => {
                let at = |place: usize| of.get(place).copied();
                let (Some(category), Some(action)) = (at(1), at(2)) else {
                    return (What::Event, None, UNKNOWN);
                };
                let (_, text, _) = classic(asked, Some(category), action, [at(3), at(4)]);
                said.extend(text);
                what = What::Event;
            }
            it if it.starts_with("_set")
                || it.starts_with("_require")
                || it.starts_with("_gat") => {}
            it if it.starts_with("_delete") || it.starts_with("_link") => {}
            _ => return (What::Other, None, UNKNOWN),
        }
    }
    (what, Some(said.join("; ")), "")
}

/// `dataLayer.push(…)`, `sendGTMEvent(…)`.
pub(super) fn pushed(asked: &Asked, arguments: &[&str]) -> Answer {
    let Some(object) = arguments.first() else { return (What::TagManager, None, LAYER) };
    if *object == "arguments" {
        return gone(What::Setup);
    }
    let Some(known) = properties(object) else { return (What::TagManager, None, LAYER) };
    if known.iter().any(|it| it.0 == "gtm.start") {
        return gone(What::Setup);
    }
    let Some(name) = value(&known, &["event"]) else { return (What::TagManager, None, LAYER) };
    if words(name).is_some_and(|it| VIEWS.contains(&it)) {
        return gone(What::View);
    }
    let rest: Vec<String> = known
        .iter()
        .filter(|it| it.0 != "event" && it.0 != "_clear")
        .map(|it| {
            let is_plain = it.0.bytes().all(super::script::is_name);
            match it.0 == it.1 {
                true => it.0.to_owned(),
                false if is_plain => format!("{}: {}", it.0, it.1),
                false => format!("'{}': {}", it.0, it.1),
            }
        })
        .collect();
    let props = (!rest.is_empty()).then(|| format!("{{ {} }}", rest.join(", ")));
    let note = if known.iter().any(|it| it.0 == "ecommerce" || it.1.starts_with('[')) {
        LISTS
    } else {
        LAYER
    };
    (What::TagManager, Some(event(asked, name, props.as_deref(), None)), note)
}

/// A call of one of the packages that wrap Google's: `ReactGA.event`, `$gtag.event`, `sendGAEvent`.
pub(super) fn wrapped(asked: &Asked, method: &str, arguments: &[&str]) -> Answer {
    let first = arguments.first().copied().unwrap_or_default();
    match method {
        "initialize" | "set" | "config" | "plugin" | "optIn" | "optOut" | "reset"
        | "addTrackers" | "disableGA" | "optin" | "bootstrap" => gone(What::Setup),
        "pageview" | "page" | "screenview" | "pageView" | "modalview" => gone(What::View),
        "consent" => gone(What::Consent),
        "gtag" | "query" => gtag(asked, arguments),
        "ga" => ga(asked, arguments).unwrap_or((What::Other, None, UNKNOWN)),
        "send" => match properties(first).and_then(|it| value(&it, &["hitType"]).and_then(words)) {
            Some("pageview") => gone(What::View),
            Some("event") => classic_object(asked, first),
            _ if words(first) == Some("pageview") => gone(What::View),
            _ => (What::Other, None, UNKNOWN),
        },
        "event" | "trackEvent" | "trackCustomEvent" | "sendGAEvent" => {
            if words(first) == Some("event") && method == "sendGAEvent" {
                return gtag(asked, arguments);
            }
            match properties(first) {
                Some(known) if value(&known, &["event"]).is_some() => pushed(asked, arguments),
                Some(_) => classic_object(asked, first),
                None if arguments.len() > 1 && !arguments[1].starts_with('{') => {
                    // vue-analytics: category, action, label, value
                    let at = |place: usize| arguments.get(place).copied();
                    classic(asked, at(0), arguments[1], [at(2), at(3)])
                }
                None if !first.is_empty() => named(asked, first, arguments.get(1).copied()),
                None => (What::Event, None, UNKNOWN),
            }
        }
        "exception" | "timing" | "timing_complete" | "time" | "purchase" | "ecommerce" => {
            (What::Other, None, UNKNOWN)
        }
        _ => (What::Other, None, UNKNOWN),
    }
}

/// `umami.track(…)`.
pub(super) fn umami(asked: &Asked, arguments: &[&str]) -> Answer {
    match arguments {
        [] => gone(What::View),
        [name, props @ ..] if !name.starts_with('{') && !name.contains("=>") => {
            (What::Event, Some(event(asked, name, props.first().copied(), None)), "")
        }
        _ => (What::View, None, UNKNOWN),
    }
}

/// `plausible(…)`.
pub(super) fn plausible(asked: &Asked, arguments: &[&str]) -> Answer {
    let Some(name) = arguments.first() else { return (What::Other, None, UNKNOWN) };
    if words(name) == Some("pageview") {
        return gone(What::View);
    }
    let options = arguments.get(1).and_then(|it| properties(it)).unwrap_or_default();
    let money = value(&options, &["revenue"]).and_then(properties).unwrap_or_default();
    let money = value(&money, &["amount"]).zip(value(&money, &["currency"]));
    let note = if value(&options, &["callback"]).is_some() { CALLBACK } else { "" };
    (What::Event, Some(event(asked, name, value(&options, &["props"]), money)), note)
}
