//! Facts about Backstory, tested through the doors its users take. One binary: it links once.


mod schema; // ipc-schema/ is the shadow of the request types
