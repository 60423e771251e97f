//! The style sheet of a file.

use crate::charts::Class;
use crate::charts::theme::Theme;
use std::fmt::Write;

/// All of it: colours of both schemes, then what is drawn with them.
pub(super) fn sheet() -> String {
    let mut text = String::new();
    for (theme, around) in
        [(Theme::Light, ""), (Theme::Dark, "@media (prefers-color-scheme: dark) {\n")]
    {
        text.push_str(around);
        text.push_str(":root {");
        for class in Class::all() {
            let _ = write!(text, "--{}:{};", class.name(), theme.hex(class));
        }
        text.push_str(if around.is_empty() { "}\n" } else { "}\n}\n" });
    }
    for class in Class::all() {
        let name = class.name();
        let _ = writeln!(text, ".f-{name}{{fill:var(--{name})}}.s-{name}{{stroke:var(--{name})}}");
    }
    text.push_str(REST);
    text
}

const REST: &str = "\
.f-none{fill:none}
:root{color-scheme:light dark}
*{box-sizing:border-box}
body{margin:0 auto;max-width:78rem;padding:1.5rem;background:var(--surface);color:var(--text);\
font:14px/1.5 system-ui,'Inter','Noto Sans',sans-serif}
h1{font-size:1.5rem;margin:0}
h2{font-size:.95rem;margin:0 0 .5rem}
.prose h2{font-size:1.15rem;margin:1rem 0 .25rem}
p{margin:.25rem 0 .5rem;max-width:48rem}
a{color:inherit}
.params{display:flex;flex-wrap:wrap;gap:.25rem 1.5rem;margin:.5rem 0 1rem;color:var(--muted);font-size:.85rem}
.params div{display:flex;gap:.4rem}
.params dt::after{content:':'}
.params dd{margin:0;color:var(--text);overflow-wrap:anywhere}
.row{display:grid;grid-template-columns:repeat(12,minmax(0,1fr));gap:1rem;margin:0 0 1rem}
.panel{border:1px solid var(--line);border-radius:6px;padding:.75rem;min-width:0;break-inside:avoid}
.w1{grid-column:span 1}.w2{grid-column:span 2}.w3{grid-column:span 3}.w4{grid-column:span 4}
.w5{grid-column:span 5}.w6{grid-column:span 6}.w7{grid-column:span 7}.w8{grid-column:span 8}
.w9{grid-column:span 9}.w10{grid-column:span 10}.w11{grid-column:span 11}.w12{grid-column:span 12}
@media (max-width:48rem){.panel{grid-column:span 12}}
svg{display:block;width:100%;height:auto}
svg text{font-family:inherit}
.note,.rule{color:var(--muted);font-size:.8rem;margin:.35rem 0 0}
.good{color:var(--good)}.bad{color:var(--bad)}
.failed{border:1px solid var(--bad);border-radius:6px;padding:.75rem;margin:0 0 1rem}
.flags{margin:.35rem 0 0;padding-left:1.5rem;color:var(--muted);font-size:.8rem}
details{margin:.5rem 0 0;font-size:.8rem}
summary{color:var(--muted);cursor:pointer}
pre{overflow:auto;background:var(--sunken);padding:.5rem;border-radius:4px;white-space:pre-wrap;overflow-wrap:anywhere}
code{font-family:ui-monospace,'DejaVu Sans Mono',monospace;font-size:.85em}
.rows{overflow:auto;max-height:32rem}
table{border-collapse:collapse;font-size:.85rem;width:100%}
th,td{text-align:start;padding:.2rem .5rem;border-bottom:1px solid var(--line);vertical-align:top}
th{color:var(--muted);position:sticky;top:0;background:var(--surface)}
.number{text-align:right;font-variant-numeric:tabular-nums}
blockquote{margin:.5rem 0;padding-left:.75rem;border-left:3px solid var(--line)}
hr{border:0;border-top:1px solid var(--line)}
@media print{body{max-width:none;padding:0}.rows{max-height:none}}
";
