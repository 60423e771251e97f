//! Where facts come from.

pub mod document;
pub mod files;
pub mod git;
pub mod github;
pub mod jira;
pub mod record;
mod time;
pub mod web;
