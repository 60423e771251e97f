//! Prints the visits of [`servers::visited`] as one product keeps them, as a script: `umami`, `plausible`, `matomo`;
//! with `rows` behind it without the tables, for a database that has the product's own.
#![allow(clippy::print_stdout)]

use servers::visited::{matomo, plausible, umami};

fn main() {
    let mut words = std::env::args().skip(1);
    let (product, rows) = (words.next().unwrap_or_default(), words.next().is_some());
    let (schema, rows_of) = match product.as_str() {
        "umami" => (umami::SCHEMA.to_owned(), umami::rows()),
        "plausible" => (plausible::schema().join(";\n") + ";\n", plausible::rows().concat()),
        _ => (matomo::SCHEMA.to_owned(), matomo::rows()),
    };
    if !rows {
        print!("{schema}");
    }
    print!("{rows_of}");
}
