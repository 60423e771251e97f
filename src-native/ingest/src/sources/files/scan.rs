//! Where a JSON object ends, and what of it tells how to take it apart.

use memchr::memchr3;

/// Objects and lists within each other, at most: what is deeper is no record of a tracker.
const DEPTH_MAX: usize = 250;
/// Members that hold long lists of records, when they stand at the top or in `data`.
pub(super) const LISTS: [&[u8]; 6] =
    [b"issues", b"values", b"data", b"comments", b"histories", b"issueChangeLogs"];
/// A text up to this long is looked through byte by byte, which is quicker than to begin a search.
const SHORT: usize = 16;

/// What a look at more bytes came to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// The object goes on beyond these bytes.
    More,
    /// It is whole.
    Done,
    /// It can be no JSON.
    Wrong(&'static str),
}

/// What may come next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    Value,
    ValueOrEnd,
    Key,
    KeyOrEnd,
    Colon,
    CommaOrEnd,
    /// More of a text; true in a key.
    Text(bool),
    Scalar,
}

/// A member that is remembered, as a range of bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) start: usize,
    pub(super) end: usize,
}

/// Looks through one object, as its bytes come. It holds to the grammar as far as brackets, commas,
/// colons and texts go, so that a broken line does not swallow the lines after it; whether a number
/// or an escape is right is for the parser to say.
#[derive(Debug)]
pub(super) struct Scan {
    /// Bytes that were looked at.
    pub(super) at: usize,
    /// True for each object that is open, false for each list.
    open: Vec<bool>,
    next: Next,
    key: Span,
    /// The member of the outermost object that is being read.
    member: Member,
    value: usize,
    /// An answer's address.
    pub(super) url: Option<Span>,
    /// An answer itself.
    pub(super) data: Option<Span>,
    /// When it was recorded.
    pub(super) created_at: Option<Span>,
    /// Where the first list begins whose name says that it may be long.
    pub(super) list: Option<usize>,
    /// Whether such a name was just read.
    list_named: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Member {
    Url,
    Data,
    CreatedAt,
    Other,
}

impl Scan {
    /// Begins at an object, or at any other value.
    pub(super) fn new() -> Scan {
        Scan {
            at: 0,
            open: Vec::new(),
            next: Next::Value,
            key: Span::default(),
            member: Member::Other,
            value: 0,
            url: None,
            data: None,
            created_at: None,
            list: None,
            list_named: false,
        }
    }

    /// What was looked at is gone: bytes begin where it left off, and no member is remembered.
    pub(super) fn forget(&mut self) {
        self.at = 0;
        self.member = Member::Other;
        self.key = Span::default();
    }

    /// Looks at the bytes from `self.at` on. `bytes` begin where the object does.
    pub(super) fn run(&mut self, bytes: &[u8]) -> Step {
        loop {
            let Some(&byte) = bytes.get(self.at) else { return Step::More };
            match self.next {
                Next::Text(is_key) => match text_end(bytes, self.at) {
                    Ok(end) => {
                        self.at = end;
                        if is_key {
                            self.key.end = end - 1;
                            self.next = Next::Colon;
                            // Mostly they stand close, and need no look at what else may come.
                            if bytes.get(end) == Some(&b':') {
                                self.at += 1;
                                self.next = Next::Value;
                                self.named(bytes);
                            }
                        } else if self.value_ends() {
                            return Step::Done;
                        }
                    }
                    Err((at, step)) => {
                        self.at = at;
                        return step;
                    }
                },
                Next::Scalar => {
                    if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'+' | b'.') {
                        self.at += 1;
                    } else if self.value_ends() {
                        return Step::Done;
                    }
                }
                _ if matches!(byte, b' ' | b'\n' | b'\r' | b'\t') => self.at += 1,
                _ => match self.token(byte, bytes) {
                    Step::More => {}
                    step => return step,
                },
            }
        }
    }

    /// Takes a byte that is part of the grammar. `More` where all is well.
    fn token(&mut self, byte: u8, bytes: &[u8]) -> Step {
        match (self.next, byte) {
            (Next::Value | Next::ValueOrEnd, b'{' | b'[') => {
                if self.open.len() == DEPTH_MAX {
                    return Step::Wrong("its lists and objects are nested too deep");
                }
                self.value_begins(byte);
                self.open.push(byte == b'{');
                self.next = if byte == b'{' { Next::KeyOrEnd } else { Next::ValueOrEnd };
            }
            (Next::Value | Next::ValueOrEnd, b'"') => {
                self.value_begins(byte);
                self.next = Next::Text(false);
            }
            (Next::Value | Next::ValueOrEnd, b'-' | b'0'..=b'9' | b't' | b'f' | b'n') => {
                self.value_begins(byte);
                self.next = Next::Scalar;
            }
            (Next::Key | Next::KeyOrEnd, b'"') => {
                self.key.start = self.at + 1;
                self.next = Next::Text(true);
            }
            (Next::Colon, b':') => {
                self.next = Next::Value;
                self.named(bytes);
            }
            (Next::CommaOrEnd, b',') => {
                let object = self.open.last().copied().unwrap_or(false);
                self.next = if object { Next::Key } else { Next::Value };
            }
            (Next::CommaOrEnd | Next::KeyOrEnd | Next::ValueOrEnd, b'}' | b']') => {
                if self.open.pop() != Some(byte == b'}') {
                    return Step::Wrong("a bracket closes what another kind opened");
                }
                self.at += 1;
                return if self.value_ends() { Step::Done } else { Step::More };
            }
            (Next::CommaOrEnd, _) => {
                return Step::Wrong("a comma or a closing bracket is missing");
            }
            (Next::Colon, _) => return Step::Wrong("a colon is missing after a member's name"),
            (Next::Key | Next::KeyOrEnd, _) => {
                return Step::Wrong("a member's name in quotes is missing");
            }
            _ => return Step::Wrong("a value is missing"),
        }
        self.at += 1;
        Step::More
    }

    /// Notes what the member is called that begins.
    fn named(&mut self, bytes: &[u8]) {
        if self.open.len() == 1 {
            self.member = match &bytes[self.key.start..self.key.end] {
                b"url" => Member::Url,
                b"data" => Member::Data,
                b"created_at" => Member::CreatedAt,
                _ => Member::Other,
            };
        }
        self.list_named = self.list.is_none()
            && (self.open.len() == 1 || (self.open.len() == 2 && self.member == Member::Data))
            && LISTS.contains(&&bytes[self.key.start..self.key.end]);
    }

    fn value_begins(&mut self, byte: u8) {
        if self.open.len() == 1 {
            self.value = self.at;
        }
        if self.list_named && byte == b'[' {
            self.list = Some(self.at);
        }
        self.list_named = false;
    }

    /// Whether the whole ends with the value that ends here.
    fn value_ends(&mut self) -> bool {
        self.next = Next::CommaOrEnd;
        if self.open.len() == 1 {
            let span = Some(Span { start: self.value, end: self.at });
            match self.member {
                Member::Url => self.url = span,
                Member::Data => self.data = span,
                Member::CreatedAt => self.created_at = span,
                Member::Other => {}
            }
        }
        self.open.is_empty()
    }
}

/// Where a text ends, its closing quote included; or where to go on looking.
fn text_end(bytes: &[u8], from: usize) -> Result<usize, (usize, Step)> {
    let mut at = from;
    loop {
        let rest = &bytes[at..];
        let near = rest.iter().take(SHORT).position(|it| matches!(it, b'"' | b'\\' | b'\n'));
        let far = || {
            let rest = rest.get(SHORT..)?;
            memchr3(b'"', b'\\', b'\n', rest).map(|it| it + SHORT)
        };
        let Some(found) = near.or_else(far) else { return Err((bytes.len(), Step::More)) };
        at += found;
        match bytes[at] {
            b'"' => return Ok(at + 1),
            b'\n' => return Err((at, Step::Wrong("a line ends within a text"))),
            // What is escaped has not come yet.
            _ if at + 1 == bytes.len() => return Err((at, Step::More)),
            _ => at += 2,
        }
    }
}
