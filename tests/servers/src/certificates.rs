//! An authority of our own and certificates it gave out, some of them wrong on purpose.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::places::{made_once, program, run};

const REVISION: &str = "1";

/// What a server shows to prove who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Certificate {
    /// For `localhost`, 127.0.0.1 and ::1, by the authority.
    Good,
    /// The same, but its time is over.
    Expired,
    /// For `elsewhere.example`.
    WrongName,
    /// By nobody but itself.
    SelfSigned,
}

impl Certificate {
    fn name(self) -> &'static str {
        match self {
            Certificate::Good => "good",
            Certificate::Expired => "expired",
            Certificate::WrongName => "wrong-name",
            Certificate::SelfSigned => "self-signed",
        }
    }
}

/// The folder with the authority (`ca.crt`), a client's certificate (`client.crt`, `client.key`; its name is
/// `cert`) and those of servers. They are made once for a machine and trusted nowhere.
#[derive(Debug)]
pub struct Certificates {
    folder: PathBuf,
}

pub(crate) struct ForServer {
    pub(crate) ca: PathBuf,
    pub(crate) chain: PathBuf,
    pub(crate) key: PathBuf,
}

/// The certificates of this machine.
pub fn certificates() -> Result<Certificates, String> {
    made_once(&format!("certificates-{REVISION}"), None, make).map(|folder| Certificates { folder })
}

impl Certificates {
    /// The authority that vouches for the good ones.
    pub fn ca(&self) -> PathBuf {
        self.folder.join("ca.crt")
    }

    /// An authority that vouches for none of them.
    pub fn other_ca(&self) -> PathBuf {
        self.folder.join("self-signed.crt")
    }

    /// A client's certificate.
    pub fn client(&self) -> PathBuf {
        self.folder.join("client.crt")
    }

    /// Its key.
    pub fn client_key(&self) -> PathBuf {
        self.folder.join("client.key")
    }

    /// Copies what a server needs into its folder, where it is the owner of its key.
    pub(crate) fn for_server(&self, kind: Certificate, folder: &Path) -> Result<ForServer, String> {
        let copy = |from: &str, to: &str| {
            let to = folder.join(to);
            fs::copy(self.folder.join(from), &to).map_err(|error| error.to_string())?;
            Ok::<PathBuf, String>(to)
        };
        Ok(ForServer {
            ca: copy("ca.crt", "ca.crt")?,
            chain: copy(&format!("{}.crt", kind.name()), "server.crt")?,
            key: copy(&format!("{}.key", kind.name()), "server.key")?,
        })
    }
}

fn make(folder: &Path) -> Result<(), String> {
    let openssl = program("openssl")?;
    let ask =
        |words: &[&str]| run(Command::new(&openssl).args(words).current_dir(folder)).map(drop);
    let write = |name: &str, text: &str| {
        fs::write(folder.join(name), text).map_err(|error| error.to_string())
    };
    write(
        "ca.cnf",
        "[ca]\ndefault_ca = own\n[own]\ndatabase = index\nserial = serial\nnew_certs_dir = .\ndefault_md = sha256\n\
         policy = any\nunique_subject = no\ncopy_extensions = copy\n[any]\ncommonName = supplied\n",
    )?;
    write("index", "")?;
    write("serial", "1000\n")?;
    let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
    let authority = [
        "-addext",
        "basicConstraints=critical,CA:TRUE",
        "-addext",
        "keyUsage=critical,keyCertSign,cRLSign",
    ];
    let begin = ["req", "-x509", "-days", "7300", "-config", "/dev/null"];
    let files = ["-subj", "/CN=Tests of Backstory", "-keyout", "ca.key", "-out", "ca.crt"];
    ask(&[&begin[..], &key, &authority, &files].concat())?;
    let here = "subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1";
    let alone = [
        "-addext",
        here,
        "-subj",
        "/CN=localhost",
        "-keyout",
        "self-signed.key",
        "-out",
        "self-signed.crt",
    ];
    ask(&[&begin[..], &key, &alone].concat())?;
    for (name, subject, names, until) in [
        ("good", "/CN=localhost", here, "20450101000000Z"),
        ("expired", "/CN=localhost", here, "20200201000000Z"),
        (
            "wrong-name",
            "/CN=elsewhere.example",
            "subjectAltName=DNS:elsewhere.example",
            "20450101000000Z",
        ),
        ("client", "/CN=cert", "subjectAltName=DNS:client.example", "20450101000000Z"),
    ] {
        let (request, certificate, secret) =
            (format!("{name}.csr"), format!("{name}.crt"), format!("{name}.key"));
        let what = ["-addext", names, "-subj", subject, "-keyout", &secret, "-out", &request];
        ask(&[&["req", "-new", "-config", "/dev/null"][..], &key, &what].concat())?;
        let sign = [
            "ca", "-batch", "-notext", "-config", "ca.cnf", "-cert", "ca.crt", "-keyfile", "ca.key",
        ];
        let dates = ["-startdate", "20200101000000Z", "-enddate", until];
        ask(&[&sign[..], &dates, &["-in", &request, "-out", &certificate]].concat())?;
    }
    Ok(())
}
