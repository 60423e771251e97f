//! Facts about Backstory, tested through the doors its users take. One binary: it links once.

mod layers; // the arrows between crates, and what each binary loads
mod memory; // what memory answers about the standard fixture
mod schema; // ipc-schema/ is the shadow of the request types
mod support; // the standard fixture
mod tidy; // style that a test can hold
