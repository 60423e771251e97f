//! Rows in, inside one transaction.
