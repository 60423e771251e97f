//! Where a visit comes from: the name of its source, and the channel that the first matching rule gives.

use super::page::{Address, bare};
use std::collections::HashMap;
use std::sync::LazyLock;

/// What kind of place a source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Search,
    Social,
    Video,
    Shopping,
    Mail,
    Assistant,
}

use Place::{Assistant, Mail, Search, Shopping, Social, Video};

/// Sources: their name, what they are, their hosts (`google.*` under any top-level domain), and what
/// campaigns call them. By our own observation; whoever is missing is named by its host.
#[rustfmt::skip]
const SOURCES: &[(&str, Place, &[&str], &[&str])] = &[
    ("Google", Search, &["google.*", "com.google.android.googlequicksearchbox", "googlesyndication.com"], &["adwords", "googleads", "google-ads", "google ads", "goog"]),
    ("Bing", Search, &["bing.com"], &["bingads", "msn"]),
    ("DuckDuckGo", Search, &["duckduckgo.com", "com.duckduckgo.mobile.android"], &["ddg"]),
    ("Yahoo!", Search, &["yahoo.*", "search.yahoo.co.jp"], &["yahoo"]),
    ("Yandex", Search, &["yandex.*", "ya.ru"], &[]),
    ("Baidu", Search, &["baidu.com"], &[]),
    ("Ecosia", Search, &["ecosia.org"], &[]),
    ("Brave Search", Search, &["search.brave.com"], &["brave"]),
    ("Qwant", Search, &["qwant.com"], &[]),
    ("Startpage", Search, &["startpage.com"], &[]),
    ("Naver", Search, &["naver.com"], &[]),
    ("Seznam", Search, &["seznam.cz"], &[]),
    ("Sogou", Search, &["sogou.com"], &[]),
    ("Kagi", Search, &["kagi.com"], &[]),
    ("Swisscows", Search, &["swisscows.com"], &[]),
    ("Mojeek", Search, &["mojeek.com"], &[]),
    ("Ask", Search, &["ask.com"], &[]),
    ("AOL", Search, &["aol.com", "search.aol.com"], &[]),
    ("Daum", Search, &["daum.net"], &[]),
    ("360 Search", Search, &["so.com"], &[]),
    ("You.com", Search, &["you.com"], &[]),
    ("Presearch", Search, &["presearch.com"], &[]),
    ("Facebook", Social, &["facebook.com", "fb.com", "fb.me", "com.facebook.katana"], &["fb", "facebook-ads", "facebook_ads", "meta", "fbads"]),
    ("Instagram", Social, &["instagram.com", "com.instagram.android"], &["ig", "insta"]),
    ("Threads", Social, &["threads.net", "threads.com"], &[]),
    ("WhatsApp", Social, &["whatsapp.com", "wa.me", "com.whatsapp"], &[]),
    ("X", Social, &["twitter.com", "x.com", "t.co", "com.twitter.android"], &["tw", "twitter-ads"]),
    ("LinkedIn", Social, &["linkedin.com", "lnkd.in", "com.linkedin.android"], &["li", "linkedin-ads"]),
    ("Reddit", Social, &["reddit.com", "redd.it", "com.reddit.frontpage"], &[]),
    ("Hacker News", Social, &["news.ycombinator.com", "hackerneue.com"], &["hn", "hackernews"]),
    ("Lobsters", Social, &["lobste.rs"], &[]),
    ("Mastodon", Social, &["mastodon.social", "mastodon.online", "fosstodon.org", "hachyderm.io", "mstdn.social", "infosec.exchange", "chaos.social"], &["fediverse"]),
    ("Bluesky", Social, &["bsky.app"], &["bsky"]),
    ("Pinterest", Social, &["pinterest.*", "pin.it"], &[]),
    ("Tumblr", Social, &["tumblr.com"], &[]),
    ("Snapchat", Social, &["snapchat.com"], &["snap"]),
    ("Telegram", Social, &["t.me", "telegram.org", "telegram.me", "org.telegram.messenger"], &[]),
    ("Discord", Social, &["discord.com", "discordapp.com"], &[]),
    ("Slack", Social, &["slack.com", "com.slack"], &[]),
    ("Microsoft Teams", Social, &["teams.microsoft.com", "teams.live.com", "statics.teams.cdn.office.net"], &[]),
    ("VK", Social, &["vk.com", "vkontakte.ru"], &[]),
    ("Weibo", Social, &["weibo.com", "weibo.cn"], &[]),
    ("Quora", Social, &["quora.com"], &[]),
    ("Stack Overflow", Social, &["stackoverflow.com", "stackexchange.com"], &[]),
    ("GitHub", Social, &["github.com", "github.io"], &[]),
    ("GitLab", Social, &["gitlab.com"], &[]),
    ("Medium", Social, &["medium.com"], &[]),
    ("DEV", Social, &["dev.to"], &[]),
    ("Product Hunt", Social, &["producthunt.com"], &["ph"]),
    ("Xing", Social, &["xing.com"], &[]),
    ("Odnoklassniki", Social, &["ok.ru"], &[]),
    ("Nextdoor", Social, &["nextdoor.com"], &[]),
    ("LINE", Social, &["line.me"], &[]),
    ("Substack", Social, &["substack.com"], &[]),
    ("YouTube", Video, &["youtube.com", "youtu.be", "com.google.android.youtube"], &["yt", "yt-ads"]),
    ("TikTok", Video, &["tiktok.com"], &["tiktok-ads"]),
    ("Vimeo", Video, &["vimeo.com"], &[]),
    ("Twitch", Video, &["twitch.tv"], &[]),
    ("Dailymotion", Video, &["dailymotion.com"], &[]),
    ("Bilibili", Video, &["bilibili.com"], &[]),
    ("Netflix", Video, &["netflix.com"], &[]),
    ("PeerTube", Video, &["joinpeertube.org"], &[]),
    ("Amazon", Shopping, &["amazon.*"], &[]),
    ("eBay", Shopping, &["ebay.*"], &[]),
    ("Etsy", Shopping, &["etsy.com"], &[]),
    ("Walmart", Shopping, &["walmart.com"], &[]),
    ("Shopify", Shopping, &["shopify.com", "shop.app"], &[]),
    ("AliExpress", Shopping, &["aliexpress.*"], &[]),
    ("Alibaba", Shopping, &["alibaba.com"], &[]),
    ("Temu", Shopping, &["temu.com"], &[]),
    ("Zalando", Shopping, &["zalando.*"], &[]),
    ("idealo", Shopping, &["idealo.*"], &[]),
    ("Google Shopping", Shopping, &["shopping.google.com"], &["google_shopping", "google-shopping"]),
    ("Gmail", Mail, &["mail.google.com", "com.google.android.gm"], &[]),
    ("Outlook", Mail, &["outlook.com", "outlook.live.com", "outlook.office.com", "outlook.office365.com"], &[]),
    ("Yahoo! Mail", Mail, &["mail.yahoo.com", "mail.yahoo.co.jp"], &[]),
    ("Proton Mail", Mail, &["mail.proton.me"], &[]),
    ("Fastmail", Mail, &["fastmail.com"], &[]),
    ("GMX", Mail, &["gmx.net", "gmx.com"], &[]),
    ("Mail.ru", Mail, &["e.mail.ru"], &[]),
    ("ChatGPT", Assistant, &["chatgpt.com", "chat.openai.com", "openai.com"], &["openai"]),
    ("Claude", Assistant, &["claude.ai"], &["anthropic"]),
    ("Gemini", Assistant, &["gemini.google.com", "bard.google.com"], &["google gemini"]),
    ("Copilot", Assistant, &["copilot.microsoft.com", "copilot.cloud.microsoft"], &[]),
    ("Perplexity", Assistant, &["perplexity.ai"], &[]),
    ("DeepSeek", Assistant, &["deepseek.com"], &[]),
    ("Grok", Assistant, &["grok.com"], &[]),
    ("Meta AI", Assistant, &["meta.ai"], &[]),
    ("Mistral", Assistant, &["mistral.ai", "chat.mistral.ai"], &[]),
    ("Phind", Assistant, &["phind.com"], &[]),
    ("Poe", Assistant, &["poe.com"], &[]),
    ("Kimi", Assistant, &["kimi.com"], &[]),
];

/// Ids that advertisers add to an address for each paid click, and whose they are. Their values are not
/// kept. (`fbclid` is on every link out of Facebook, and says nothing.)
const CLICKS: &[(&str, &str)] = &[
    ("gclid", "Google"),
    ("gbraid", "Google"),
    ("wbraid", "Google"),
    ("dclid", "Google"),
    ("msclkid", "Bing"),
    ("ttclid", "TikTok"),
    ("twclid", "X"),
    ("li_fat_id", "LinkedIn"),
    ("rdt_cid", "Reddit"),
];

type Found = (&'static str, Place);

static BY_HOST: LazyLock<HashMap<&'static str, Found>> = LazyLock::new(|| {
    let each =
        |it: &'static (_, _, &[&'static str], _)| it.2.iter().map(|host| (*host, (it.0, it.1)));
    SOURCES.iter().flat_map(each).collect()
});
static BY_WORD: LazyLock<HashMap<String, Found>> = LazyLock::new(|| {
    let mut words = HashMap::new();
    for (name, place, _, others) in SOURCES {
        words.insert(name.to_lowercase(), (*name, *place));
        words.extend(others.iter().map(|it| ((*it).to_owned(), (*name, *place))));
    }
    words
});

/// The source of a host: the longest part of it that is in the table.
fn of_host(host: &str) -> Option<Found> {
    let mut rest = bare(host);
    loop {
        if let Some(found) = BY_HOST.get(rest) {
            return Some(*found);
        }
        let (label, after) = rest.split_once('.')?;
        // `google.de`, `google.co.uk`
        let is_top = |it: &str| !it.is_empty() && it.len() <= 3;
        let mut tops = after.split('.');
        let two = (tops.next().is_some_and(|it| is_top(it) || !after.contains('.')), tops.next());
        if two.0 && two.1.is_none_or(is_top) && tops.next().is_none() {
            let mut key = label.to_owned();
            key.push_str(".*");
            if let Some(found) = BY_HOST.get(key.as_str()) {
                return Some(*found);
            }
        }
        rest = after;
    }
}

/// What the address of a page and its referrer say about the way to it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Way {
    /// Host of the referrer; empty where there is none that is another's.
    pub referrer: String,
    /// Its path.
    pub referrer_path: String,
    /// Words of the campaign: source, medium, campaign, content, term.
    pub utm: [String; 5],
    /// Whether a click was paid for.
    pub paid_click: bool,
    /// The source's name.
    pub source: String,
    /// The channel, …
    pub channel: &'static str,
    /// … and the number of its rule.
    pub rule: u8,
}

/// Channels by the number of the rule that gives them; the rules are in [`channel`], in this order.
pub const CHANNELS: &[(u8, &str)] = &[
    (1, "Direct"),
    (2, "Cross-network"),
    (3, "Paid Shopping"),
    (4, "Paid Search"),
    (5, "Paid Social"),
    (6, "Paid Video"),
    (7, "Display"),
    (8, "Paid Other"),
    (9, "Organic Shopping"),
    (10, "Organic Social"),
    (11, "Organic Video"),
    (12, "AI Assistants"),
    (13, "Organic Search"),
    (14, "Email"),
    (15, "Affiliates"),
    (16, "Audio"),
    (17, "SMS"),
    (18, "Mobile Push Notifications"),
    (19, "Referral"),
    (20, "Unassigned"),
];

/// The way to a page. `is_own` says which hosts are the site's own.
pub fn way(page: &Address, referrer: &str, is_own: impl Fn(&str) -> bool) -> Way {
    let mut way = Way::default();
    let keys = ["utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term"];
    way.utm = keys.map(|key| page.word(key));
    if way.utm[0].is_empty() {
        let other = page.word("source");
        way.utm[0] = if other.is_empty() { page.word("ref") } else { other };
    }
    let click = CLICKS.iter().find(|it| page.value(it.0).is_some());
    way.paid_click = click.is_some();
    if let Some(from) = Address::read(referrer).filter(|it| !it.host.is_empty())
        && !is_own(&from.host)
        && from.host != "localhost"
        && from.host != page.host
        && bare(&from.host) != bare(&page.host)
    {
        way.referrer = bare(&from.host).to_owned();
        let path = from.kept(&[], false);
        way.referrer_path = if path == "/" { String::new() } else { path };
    }
    let said = way.utm[0].to_lowercase();
    let known = if !said.is_empty() {
        BY_WORD.get(&said).copied().or_else(|| of_host(&said))
    } else if !way.referrer.is_empty() {
        of_host(&way.referrer)
    } else {
        click.and_then(|it| BY_WORD.get(&it.1.to_lowercase()).copied())
    };
    way.source = match known {
        Some((name, _)) => name.to_owned(),
        None if !said.is_empty() => way.utm[0].clone(),
        None if !way.referrer.is_empty() => way.referrer.clone(),
        None => "Direct".to_owned(),
    };
    let is_named = !said.is_empty() || !way.referrer.is_empty() || known.is_some();
    way.rule = channel(&way, known.map(|it| it.1), is_named);
    way.channel = CHANNELS[usize::from(way.rule) - 1].1;
    way
}

/// The number of the first rule that matches.
fn channel(way: &Way, place: Option<Place>, is_named: bool) -> u8 {
    let lower = |at: usize| way.utm[at].to_lowercase();
    let (source, medium, campaign) = (lower(0), lower(1), lower(2));
    let is = |it: Place| place == Some(it);
    let paid = medium.contains("cp")
        || matches!(medium.as_str(), "ppc" | "retargeting")
        || medium.starts_with("paid");
    let shop = is_shop(&campaign);
    let of = |words: &[&str]| words.contains(&medium.as_str());
    let mail = |it: &str| {
        ["email", "e-mail", "e_mail", "e mail", "newsletter"].iter().any(|word| it.contains(word))
    };
    let rules: [(u8, bool); 19] = [
        (1, !is_named && medium.is_empty() && campaign.is_empty()),
        (2, campaign.contains("cross-network")),
        (3, (is(Shopping) || shop) && paid),
        (4, is(Search) && (paid || way.paid_click)),
        (5, is(Social) && (paid || way.paid_click)),
        (6, is(Video) && (paid || way.paid_click)),
        (7, of(&["display", "banner", "expandable", "interstitial", "cpm"])),
        (8, paid || way.paid_click),
        (9, is(Shopping) || shop),
        (
            10,
            is(Social)
                || of(&[
                    "social",
                    "social-network",
                    "social-media",
                    "sm",
                    "social network",
                    "social media",
                ]),
        ),
        (11, is(Video) || medium.contains("video")),
        (12, is(Assistant)),
        (13, is(Search) || medium == "organic"),
        (14, is(Mail) || mail(&source) || mail(&medium)),
        (15, medium == "affiliate"),
        (16, medium == "audio"),
        (17, source == "sms" || medium == "sms"),
        (
            18,
            medium.ends_with("push")
                || medium.contains("mobile")
                || medium.contains("notification")
                || source == "firebase",
        ),
        (19, is_named || of(&["referral", "app", "link"])),
    ];
    rules.iter().find(|it| it.1).map_or(20, |it| it.0)
}

/// Whether a campaign's name has the word `shopping` or `shop` in it, but not `workshop`.
fn is_shop(campaign: &str) -> bool {
    campaign.contains("shopping")
        || campaign.match_indices("shop").any(|(at, _)| {
            let before = campaign[..at].chars().next_back();
            before.is_none_or(|it| it == 'e' || !it.is_ascii_lowercase())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(url: &str, referrer: &str) -> (String, &'static str, u8) {
        let page = Address::read(url).unwrap();
        let way = way(&page, referrer, |host| host.ends_with("shop.example"));
        (way.source, way.channel, way.rule)
    }

    #[test]
    fn sources_and_channels_are_told_by_referrer_and_campaign() {
        let home = "https://shop.example/";
        for (url, referrer, source, channel) in [
            ("", "", "Direct", "Direct"),
            ("", "https://www.google.com/", "Google", "Organic Search"),
            ("", "https://www.google.co.uk/search?q=x", "Google", "Organic Search"),
            ("", "https://google.photos/", "Google", "Organic Search"),
            ("", "android-app://com.google.android.gm/", "Gmail", "Email"),
            ("", "https://mail.google.com/mail/u/0", "Gmail", "Email"),
            ("", "https://gemini.google.com/app", "Gemini", "AI Assistants"),
            ("", "https://chatgpt.com/", "ChatGPT", "AI Assistants"),
            ("?utm_source=chatgpt.com", "", "ChatGPT", "AI Assistants"),
            ("", "https://old.reddit.com/r/rust", "Reddit", "Organic Social"),
            ("", "https://out.example/page", "out.example", "Referral"),
            ("", "https://www.shop.example/cart", "Direct", "Direct"),
            ("", "http://localhost:3000/", "Direct", "Direct"),
            ("", "https://notgoogle.com/", "notgoogle.com", "Referral"),
            ("", "https://google.evil.example.net/", "google.evil.example.net", "Referral"),
            ("?gclid=abc", "https://www.google.com/", "Google", "Paid Search"),
            ("?gclid=abc", "", "Google", "Paid Search"),
            ("?fbclid=abc", "https://l.facebook.com/", "Facebook", "Organic Social"),
            ("?utm_source=fb&utm_medium=cpc", "", "Facebook", "Paid Social"),
            (
                "?utm_source=google&utm_medium=cpc&utm_campaign=shopping",
                "",
                "Google",
                "Paid Shopping",
            ),
            (
                "?utm_source=google&utm_medium=cpc&utm_campaign=workshop",
                "",
                "Google",
                "Paid Search",
            ),
            ("?utm_source=yt&utm_medium=paid", "", "YouTube", "Paid Video"),
            ("?utm_source=news&utm_medium=email", "", "news", "Email"),
            ("?utm_source=Newsletter", "", "Newsletter", "Email"),
            ("?ref=producthunt", "", "producthunt", "Referral"),
            ("?ref=ph", "", "Product Hunt", "Organic Social"),
            ("?source=partner.example&utm_medium=affiliate", "", "partner.example", "Affiliates"),
            ("?utm_source=x&utm_medium=banner", "", "X", "Display"),
            ("?utm_source=a&utm_campaign=Cross-Network", "", "a", "Cross-network"),
            ("?utm_source=a&utm_medium=cpc", "", "a", "Paid Other"),
            ("?utm_source=a&utm_medium=web-push", "", "a", "Mobile Push Notifications"),
            ("?utm_medium=organic", "", "Direct", "Organic Search"),
            ("?utm_medium=unheard", "", "Direct", "Unassigned"),
        ] {
            let got = of(&format!("{home}{url}"), referrer);
            assert_eq!((got.0.as_str(), got.1), (source, channel), "{url} {referrer}");
            assert_eq!(CHANNELS[usize::from(got.2) - 1], (got.2, got.1));
        }
    }

    #[test]
    fn of_a_referrer_host_and_path_are_kept_and_of_a_paid_click_that_it_was_one() {
        let page = Address::read("https://shop.example/?gclid=Secret0123").unwrap();
        let way = way(&page, "https://ann:pw@www.out.example/u/ann@b.example?q=mine#x", |_| false);
        assert_eq!(
            (way.referrer.as_str(), way.referrer_path.as_str()),
            ("out.example", "/u/:email")
        );
        assert!(way.paid_click && !format!("{way:?}").contains("Secret"));
    }
}
