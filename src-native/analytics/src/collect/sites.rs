//! The sites, as the collector looks them up.

use super::address::Network;
use super::page::bare;
use crate::site::Site;
use jiff::tz::TimeZone;
use std::collections::HashMap;
use std::net::IpAddr;

/// A site with what of its settings is read for each event.
pub struct Known {
    /// The site.
    pub site: Site,
    /// Its zone; UTC where the system knows none of that name.
    pub zone: TimeZone,
    internal: Vec<Network>,
    hosts: Vec<String>,
}

impl Known {
    fn new(site: Site) -> Known {
        let zone = TimeZone::get(&site.zone).unwrap_or(TimeZone::UTC);
        let internal = site.internal.iter().filter_map(|it| Network::read(it).ok()).collect();
        let named = std::slice::from_ref(&site.name);
        let hosts = if site.hosts.is_empty() { named } else { &site.hosts };
        let hosts = hosts.iter().map(|it| it.trim().to_lowercase()).collect();
        Known { site, zone, internal, hosts }
    }

    /// Whether it is one of the site's hosts.
    pub fn is_host(&self, host: &str) -> bool {
        self.hosts.iter().any(|own| match own.strip_prefix("*.") {
            Some(above) => host.strip_suffix(above).is_some_and(|it| it.ends_with('.')),
            None => own == "*" || bare(own) == bare(host),
        })
    }

    /// Whether the address is one of the owner's own.
    pub fn is_internal(&self, address: IpAddr) -> bool {
        self.internal.iter().any(|it| it.holds(address))
    }
}

/// All sites, by what trackers call them.
#[derive(Default)]
pub struct Sites {
    all: Vec<Known>,
    names: HashMap<String, usize>,
}

impl Sites {
    /// These sites.
    pub fn new(sites: Vec<Site>) -> Sites {
        let all: Vec<Known> = sites.into_iter().map(Known::new).collect();
        let mut names = HashMap::new();
        for (at, known) in all.iter().enumerate() {
            for name in known.site.aliases.iter().chain([&known.site.name]) {
                names.entry(name.trim().to_lowercase()).or_insert(at);
            }
        }
        Sites { all, names }
    }

    /// The site that is called so: its name, or one of its aliases, in whatever case.
    pub fn by_name(&self, name: &str) -> Option<&Known> {
        let name = name.trim().to_lowercase();
        let found = self.names.get(&name).or_else(|| self.names.get(bare(&name)))?;
        self.all.get(*found)
    }

    /// The first site that has this host.
    pub fn by_host(&self, host: &str) -> Option<&Known> {
        self.by_name(host).or_else(|| self.all.iter().find(|it| it.is_host(host)))
    }

    /// The site with this number.
    pub fn by_id(&self, id: u32) -> Option<&Known> {
        self.all.iter().find(|it| it.site.id == id)
    }

    /// The only site, where there is but one.
    pub fn only(&self) -> Option<&Known> {
        if let [one] = &self.all[..] { Some(one) } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::Places;

    fn site(id: u32, name: &str, hosts: &[&str]) -> Site {
        Site {
            id,
            name: name.into(),
            aliases: vec![format!("alias-{id}")],
            hosts: hosts.iter().map(|it| (*it).to_owned()).collect(),
            zone: "UTC".into(),
            honours_opt_out: true,
            query_keys: Vec::new(),
            places: Places::Country,
            internal: Vec::new(),
            keep_months: 25,
            identified: false,
            currency: "EUR".into(),
        }
    }

    #[test]
    fn a_site_is_found_by_its_names_and_its_hosts() {
        let sites = Sites::new(vec![
            site(1, "shop.example", &[]),
            site(2, "Docs", &["docs.example", "*.docs.example"]),
        ]);
        let id = |it: Option<&Known>| it.map(|it| it.site.id);
        assert_eq!(id(sites.by_name("SHOP.example")), Some(1));
        assert_eq!(id(sites.by_name("www.shop.example")), Some(1));
        assert_eq!(id(sites.by_name("Alias-2")), Some(2));
        assert_eq!(id(sites.by_name("nobody")), None);
        assert_eq!(id(sites.by_host("v2.docs.example")), Some(2));
        assert_eq!(id(sites.by_host("evildocs.example")), None);
        assert!(sites.only().is_none());
        let shop = sites.by_id(1).unwrap();
        assert!(shop.is_host("www.shop.example") && !shop.is_host("localhost"));
    }
}
