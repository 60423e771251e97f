//! Commands of Redis, read and judged.

use super::*;

fn bytes(text: &str) -> Vec<Vec<u8>> {
    words(text).unwrap().into_iter().map(|it| it.bytes).collect()
}

#[test]
fn words_are_read_as_redis_cli_reads_them() {
    for (text, expected) in [
        ("GET k", vec![&b"GET"[..], b"k"]),
        ("  set\tk   v  ", vec![b"set", b"k", b"v"]),
        ("SET k \"a b\"", vec![b"SET", b"k", b"a b"]),
        (
            r#"SET k "\x00\xff\n\r\t\b\a\\\"\q\x0g""#,
            vec![b"SET", b"k", b"\x00\xff\n\r\t\x08\x07\\\"qx0g"],
        ),
        (r"SET k 'a\'b\n'", vec![b"SET", b"k", br"a'b\n"]),
        ("SET \"\" ''", vec![b"SET", b"", b""]),
        ("SET a\"b\" c", vec![b"SET", b"ab", b"c"]),
        ("ECHO h\u{e9}", vec![b"ECHO", "h\u{e9}".as_bytes()]),
        ("", vec![]),
    ] {
        assert_eq!(bytes(text), expected, "{text}");
    }
    for (text, column) in [("GET \"a", 5), ("GET 'a", 5), ("GET \"a\"b", 8), ("GET \"a\\", 5)] {
        assert_eq!(words(text).unwrap_err().place.unwrap().column, column, "{text}");
    }
}

#[test]
fn what_is_quoted_is_read_back_as_it_was() {
    let all: Vec<u8> = (0..=255).collect();
    for value in [&b""[..], b"a", b"a b", b"\"", b"'", b":name", b"#", b"\\x41", b"\xff\x00", &all]
    {
        let text = format!("ECHO {}", quote(value));
        assert_eq!(bytes(&text)[1], value, "{text}");
        assert_eq!(parameters(&text).unwrap(), Vec::<String>::new());
        assert_eq!(split(&text).unwrap().len(), 1);
    }
}

#[test]
fn a_script_is_a_command_a_line() {
    let script = "# first\nSET k 1\r\n\n  GET k  \nEVAL \"return\n 1\" 0\n#GET x\nGET '#'";
    let pieces: Vec<&str> =
        split(script).unwrap().into_iter().map(|it| &script[it.range]).collect();
    assert_eq!(pieces, ["SET k 1", "GET k", "EVAL \"return\n 1\" 0", "GET '#'"]);
}

#[test]
fn places_left_open_are_filled_with_words() {
    let text = "SET :key :value EX :n ':key' a:key :0";
    assert_eq!(parameters(text).unwrap(), ["key", "value", "n"]);
    let bound = bind(text, &|name| {
        Some(match name {
            "key" => Value::Text("two words\n".to_owned()),
            "value" => Value::Bytes(vec![0, 255]),
            _ => Value::Number("5".to_owned()),
        })
    });
    let expected: [&[u8]; 8] =
        [b"SET", b"two words\n", b"\x00\xff", b"EX", b"5", b":key", b"a:key", b":0"];
    assert_eq!(bytes(&bound.unwrap()), expected);
    let hostile = bind("GET :key", &|_| Some(Value::Text("k\nFLUSHALL".to_owned()))).unwrap();
    assert_eq!(split(&hostile).unwrap().len(), 1);
    assert!(bind(text, &|_| None).is_err());
    assert!(bind(text, &|_| Some(Value::Null)).is_err());
}

#[test]
fn only_what_is_known_to_read_reads() {
    for text in [
        "GET k",
        "get k",
        "\"GET\" k",
        "HGETALL h",
        "SCAN 0",
        "INFO",
        "XREAD BLOCK 0 STREAMS s $",
        "SELECT 1",
        "CLIENT LIST",
        "CONFIG GET maxmemory",
        "OBJECT ENCODING k",
        "MEMORY USAGE k",
        "COMMAND",
        "SORT_RO l",
    ] {
        assert_eq!(judge(text), Judgement { effect: Effect::Reads, reads: Ok(()) }, "{text}");
    }
    for text in [
        "SET k v",
        "KEYS *",
        "EVAL x 0",
        "EVAL_RO x 0",
        "FCALL_RO f 0",
        "SORT l",
        "GETDEL k",
        "GETEX k EX 1",
        "BLPOP l 0",
        "CONFIG GET *",
        "CONFIG GET requirepass",
        "CONFIG GET REQUIREPASS",
        "MULTI",
        "HELLO 2",
        "AUTH x",
        "NOSUCH",
        "",
        "GET \"open",
        "CLIENT KILL ID 1",
        "CLIENT PAUSE 1",
        "OBJECT",
        "XINFO",
        "PUBLISH a b",
        "TOUCH k",
        "SAVE",
        "GET\u{a0}k",
    ] {
        assert!(judge(text).reads.is_err(), "{text}");
        assert_ne!(judge(text).effect, Effect::Reads, "{text}");
    }
}

#[test]
fn what_destroys_is_told_in_words() {
    for (text, words) in [
        ("FLUSHALL", "removes every key of every database of this server"),
        ("flushdb async", "removes every key of the current database"),
        ("DEL a b c", "removes 3 keys"),
        ("UNLINK a b", "removes 2 keys"),
        ("SHUTDOWN NOSAVE", "stops the server"),
        ("CONFIG SET maxmemory 1", "changes a setting of the server, for everybody"),
        ("SCRIPT FLUSH", "forgets all scripts: whoever runs them by their digest fails"),
    ] {
        assert_eq!(
            judge(text).effect,
            Effect::Destroys(vec![Loss { words: words.to_owned() }]),
            "{text}"
        );
    }
    assert!(matches!(judge("DEBUG SEGFAULT").effect, Effect::Destroys(_)));
    for text in ["DEL k", "SET k v", "EXPIRE k 1", "LPUSH l v"] {
        assert_eq!(judge(text).effect, Effect::Writes, "{text}");
    }
}

#[test]
fn what_a_script_destroys_is_told_and_so_is_that_it_cannot_be_told() {
    for text in [
        "EVAL \"return redis.call('FLUSHALL')\" 0",
        "EVAL \"return redis.pcall( 'flushdb', 'ASYNC')\" 0",
        "EVAL \"redis.call 'FLUSHALL'\" 0",
        "EVAL \"redis.call([[FLUSHALL]])\" 0",
        "EVAL \"return redis.call(ARGV[1])\" 0 FLUSHALL",
        "EVAL \"return redis.call('FLUSH' .. 'ALL')\" 0",
        "EVAL \"return redis.call('\\\\70LUSHALL')\" 0",
        "EVAL \"local c = redis.call; c('FLUSHALL')\" 0",
        "EVAL \"return redis['call']('FLUSHALL')\" 0",
        "EVAL \"return _G['re' .. 'dis'].call('FLUSHALL')\" 0",
        "EVAL \"return loadstring(ARGV[1])()\" 0",
        "EVAL \"for _, k in ipairs(redis.call('KEYS', ARGV[1])) do redis.call('DEL', k) end\" 0 *",
        "EVAL \"return redis.call('del', unpack(KEYS))\" 2 a b",
        "EVAL \"redis.call('CONFIG', 'SET', 'maxmemory', '1')\" 0",
        "EVALSHA abc 0",
        "FCALL f 0",
        "MIGRATE host 6379 \"\" 0 5000 KEYS a b",
        "MIGRATE host 6379 k 0 5000",
        "FUNCTION LOAD REPLACE x",
    ] {
        assert!(matches!(judge(text).effect, Effect::Destroys(_)), "{text}");
    }
    for text in [
        "EVAL \"return redis.call('GET', KEYS[1])\" 1 k",
        "EVAL \"-- FLUSHALL\\nreturn redis.call('INCRBY', KEYS[1], ARGV[1])\" 1 k 2",
        "EVAL \"if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) else return 0 end\" 1 k v",
        "EVAL \"return redis.error_reply('FLUSHALL')\" 0",
        "EVAL x 0",
        "EVAL_RO \"return redis.call(ARGV[1])\" 0 GET",
        "MIGRATE host 6379 k 0 5000 COPY",
        "SCRIPT LOAD \"return 1\"",
    ] {
        assert_eq!(judge(text).effect, Effect::Writes, "{text}");
    }
}

#[test]
fn no_text_makes_the_reader_panic() {
    let pieces = [
        "GET",
        " ",
        "\"",
        "'",
        "\\",
        "\\x",
        "f",
        "\n",
        "#",
        ":a",
        "\u{e9}",
        "\0",
        "CONFIG GET",
        "\t",
    ];
    let mut state: u64 = 7;
    for _ in 0..20_000 {
        let mut text = String::new();
        for _ in 0..10 {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            text.push_str(pieces[usize::try_from(state >> 33).unwrap() % pieces.len()]);
        }
        let _ = (words(&text), split(&text), parameters(&text), judge(&text));
    }
}
