//! The text of a dashboard as HTML, made from typed nodes: no markup of the text itself comes through.

use crate::charts::svg::escaped;
use crate::dashboard::markdown::{Inline, Node, plain};
use std::fmt::Write;

pub(super) fn nodes(text: &mut String, nodes: &[Node], title: &str) {
    for (at, node) in nodes.iter().enumerate() {
        match node {
            // The title stands above already.
            Node::Heading(1, words) if at == 0 && plain(words) == title => {}
            Node::Heading(level, words) => {
                let level = level.saturating_add(1).clamp(2, 6);
                let _ = writeln!(text, "<h{level}>{}</h{level}>", inline(words));
            }
            Node::Paragraph(words) => {
                let _ = writeln!(text, "<p>{}</p>", inline(words));
            }
            Node::List(first, items) => {
                let _ = match first {
                    Some(first) => writeln!(text, "<ol start=\"{first}\">"),
                    None => writeln!(text, "<ul>"),
                };
                for item in items {
                    text.push_str("<li>");
                    match item.as_slice() {
                        [Node::Paragraph(words)] => text.push_str(&inline(words)),
                        [Node::Paragraph(words), rest @ ..] => {
                            text.push_str(&inline(words));
                            self::nodes(text, rest, "");
                        }
                        all => self::nodes(text, all, ""),
                    }
                    text.push_str("</li>\n");
                }
                text.push_str(if first.is_some() { "</ol>\n" } else { "</ul>\n" });
            }
            Node::Code(_, code) => {
                let _ = writeln!(text, "<pre><code>{}</code></pre>", escaped(code));
            }
            Node::Quote(inner) => {
                text.push_str("<blockquote>\n");
                self::nodes(text, inner, "");
                text.push_str("</blockquote>\n");
            }
            Node::Table(head, rows) => {
                text.push_str("<div class=\"rows\"><table>\n<thead><tr>");
                for cell in head {
                    let _ = write!(text, "<th scope=\"col\">{}</th>", inline(cell));
                }
                text.push_str("</tr></thead>\n<tbody>\n");
                for row in rows {
                    text.push_str("<tr>");
                    for cell in row {
                        let _ = write!(text, "<td>{}</td>", inline(cell));
                    }
                    text.push_str("</tr>\n");
                }
                text.push_str("</tbody>\n</table></div>\n");
            }
            Node::Rule => text.push_str("<hr>\n"),
        }
    }
}

fn inline(pieces: &[Inline]) -> String {
    let mut text = String::new();
    for piece in pieces {
        let _ = match piece {
            Inline::Text(it) => write!(text, "{}", escaped(it)),
            Inline::Code(it) => write!(text, "<code>{}</code>", escaped(it)),
            Inline::Emphasis(it) => write!(text, "<em>{}</em>", inline(it)),
            Inline::Strong(it) => write!(text, "<strong>{}</strong>", inline(it)),
            // A place in the program leads nowhere from a file.
            Inline::Link(it, to) if web(to) => {
                write!(text, "<a href=\"{}\" rel=\"noreferrer\">{}</a>", escaped(to), inline(it))
            }
            Inline::Link(it, _) => write!(text, "{}", inline(it)),
            Inline::Break => write!(text, "<br>"),
        };
    }
    text
}

fn web(to: &str) -> bool {
    let lower = to.to_ascii_lowercase();
    ["http://", "https://", "mailto:"].iter().any(|it| lower.starts_with(it))
}
