//! A conversation over standard input and output: for `ssh host backstory rpc` and for programs
//! that start us.

use crate::conversation::converse;
use crate::{Error, Result, socket};
use rpc::{Caller, Server};
use std::path::Path;
use tokio::io::{AsyncWriteExt, copy, stdin, stdout};

/// Answers on standard output what standard input asks, until that ends and the last answer is
/// written.
pub async fn serve(server: &Server, caller: Caller) {
    // Whoever typed half a line may think about the rest.
    converse(server, caller, stdin(), stdout(), None, |_| std::future::pending()).await;
}

/// The same, answered by the server that listens on `socket`.
///
/// # Errors
/// Where nobody of this user serves there.
pub async fn bridge(path: &Path) -> Result<()> {
    let (mut input, mut output) = socket::connect(path).await?;
    let ask = async {
        let asked = copy(&mut stdin(), &mut output).await;
        let _ = output.shutdown().await; // the server answers what it was asked, then ends
        match asked {
            Ok(_) => std::future::pending().await,
            Err(error) => error,
        }
    };
    let answer = async {
        let mut out = stdout();
        copy(&mut input, &mut out).await?;
        out.flush().await
    };
    let ended = tokio::select! {
        error = ask => Err(error),
        answered = answer => answered,
    };
    ended.map_err(|source| Error::Io { doing: "speak to", path: path.into(), source })
}
