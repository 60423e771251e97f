//! Databases that people know, for tests that read: Chinook, Northwind, Sakila, TPC-H.
//!
//! The scripts are in a folder of data that is not in the repository (`BACKSTORY_DATA`, else `../shared/data`
//! beside it); without it these are `None`. Each is loaded once into a server and shared: a test that writes takes
//! a copy (in PostgreSQL `create database mine template chinook`).

use std::fmt::Display;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tpchgen::csv::{
    CustomerCsv, LineItemCsv, NationCsv, OrderCsv, PartCsv, PartSuppCsv, RegionCsv, SupplierCsv,
};
use tpchgen::generators::{
    CustomerGenerator, LineItemGenerator, NationGenerator, OrderGenerator, PartGenerator,
    PartSuppGenerator, RegionGenerator, SupplierGenerator,
};

use crate::kinds::Kind;
use crate::running::Running;
use crate::told;

/// A file of the folder of data about databases.
pub fn data(path: &str) -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let root = std::env::var_os("BACKSTORY_DATA").map_or(beside, PathBuf::from);
    let file = root.join("databases").join(path);
    let had = if file.is_file() {
        Ok(file)
    } else {
        Err("there is no such file in the folder of data; BACKSTORY_DATA names that".to_owned())
    };
    told(path, had)
}

/// Chinook as a SQLite file. It is other people's: open it to read, or copy it.
pub fn chinook_sqlite() -> Option<PathBuf> {
    data("chinook/Chinook_Sqlite.sqlite")
}

/// Chinook as a script for SQL Server.
pub fn chinook_sqlserver() -> Option<PathBuf> {
    data("chinook/Chinook_SqlServer.sql")
}

/// Chinook in PostgreSQL, MySQL or MariaDB: the database's name.
pub fn chinook(server: &Running) -> Option<&'static str> {
    let script = match server.kind {
        Kind::Postgres => "chinook/Chinook_PostgreSql.sql",
        _ => "chinook/Chinook_MySql.sql",
    };
    load(server, "chinook", &[script])
}

/// Northwind in PostgreSQL: the database's name.
pub fn northwind(server: &Running) -> Option<&'static str> {
    load(server, "northwind", &["northwind/northwind_pg.sql"])
}

/// Sakila in PostgreSQL, MySQL or MariaDB: the database's name.
pub fn sakila(server: &Running) -> Option<&'static str> {
    let scripts: &[&str] = match server.kind {
        Kind::Postgres => &[
            "sakila/postgres-sakila-schema.sql",
            "sakila/postgres-sakila-insert-data-using-copy.sql",
        ],
        _ => &["sakila/mysql-sakila-mv-schema.sql", "sakila/mysql-sakila-mv-data.sql"],
    };
    load(server, "sakila", scripts)
}

fn load(server: &Running, name: &'static str, scripts: &[&str]) -> Option<&'static str> {
    let scripts = scripts.iter().map(|it| data(it)).collect::<Option<Vec<_>>>()?;
    let loaded = server.load_once(name, || {
        server.sql("", &format!("create database {name}"))?;
        let mut whole = Vec::new();
        for script in &scripts {
            let text = fs::read(script).map_err(|error| error.to_string())?;
            for line in text.split_inclusive(|&it| it == b'\n') {
                if !chooses_database(line) {
                    whole.extend_from_slice(line);
                }
            }
            whole.push(b'\n');
        }
        server.load(name, &whole)
    });
    told(&format!("{name} in {}", server.kind.name()), loaded.map(|()| name))
}

/// The scripts make a database of a name of their own; ours is there already.
fn chooses_database(line: &[u8]) -> bool {
    let line = String::from_utf8_lossy(&line[..line.len().min(40)]).to_ascii_lowercase();
    let begins =
        ["drop database", "create database", "\\c ", "use ", "drop schema", "create schema"];
    begins.iter().any(|it| line.starts_with(it))
}

const TPCH: &str = "\
create table region (r_regionkey integer primary key, r_name char(25) not null, r_comment varchar(152));
create table nation (n_nationkey integer primary key, n_name char(25) not null, n_regionkey integer not null references region, n_comment varchar(152));
create table part (p_partkey integer primary key, p_name varchar(55) not null, p_mfgr char(25) not null, p_brand char(10) not null, p_type varchar(25) not null, p_size integer not null, p_container char(10) not null, p_retailprice numeric(15,2) not null, p_comment varchar(23) not null);
create table supplier (s_suppkey integer primary key, s_name char(25) not null, s_address varchar(40) not null, s_nationkey integer not null references nation, s_phone char(15) not null, s_acctbal numeric(15,2) not null, s_comment varchar(101) not null);
create table partsupp (ps_partkey integer not null references part, ps_suppkey integer not null references supplier, ps_availqty integer not null, ps_supplycost numeric(15,2) not null, ps_comment varchar(199) not null, primary key (ps_partkey, ps_suppkey));
create table customer (c_custkey integer primary key, c_name varchar(25) not null, c_address varchar(40) not null, c_nationkey integer not null references nation, c_phone char(15) not null, c_acctbal numeric(15,2) not null, c_mktsegment char(10) not null, c_comment varchar(117) not null);
create table orders (o_orderkey integer primary key, o_custkey integer not null references customer, o_orderstatus char(1) not null, o_totalprice numeric(15,2) not null, o_orderdate date not null, o_orderpriority char(15) not null, o_clerk char(15) not null, o_shippriority integer not null, o_comment varchar(79) not null);
create table lineitem (l_orderkey integer not null references orders, l_partkey integer not null, l_suppkey integer not null, l_linenumber integer not null, l_quantity numeric(15,2) not null, l_extendedprice numeric(15,2) not null, l_discount numeric(15,2) not null, l_tax numeric(15,2) not null, l_returnflag char(1) not null, l_linestatus char(1) not null, l_shipdate date not null, l_commitdate date not null, l_receiptdate date not null, l_shipinstruct char(25) not null, l_shipmode char(10) not null, l_comment varchar(44) not null, primary key (l_orderkey, l_linenumber), foreign key (l_partkey, l_suppkey) references partsupp);
";
/// In an order in which every row that is referred to is there before.
const TPCH_TABLES: [&str; 8] =
    ["region", "nation", "part", "supplier", "partsupp", "customer", "orders", "lineitem"];

/// TPC-H of this scale (1 has six million lines) as `TABLE.csv` with headings. The same bytes each time.
pub fn tpch_csv(folder: &Path, scale: f64) -> io::Result<()> {
    fn all<R: Display>(
        folder: &Path,
        name: &str,
        heading: &str,
        rows: impl Iterator<Item = R>,
    ) -> io::Result<()> {
        let mut out = BufWriter::new(File::create(folder.join(format!("{name}.csv")))?);
        writeln!(out, "{heading}")?;
        for row in rows {
            writeln!(out, "{row}")?;
        }
        out.flush()
    }
    macro_rules! table {
        ($name:literal, $rows:ident, $csv:ident) => {
            all(folder, $name, $csv::header(), $rows::new(scale, 1, 1).iter().map($csv::new))?
        };
    }
    table!("region", RegionGenerator, RegionCsv);
    table!("nation", NationGenerator, NationCsv);
    table!("part", PartGenerator, PartCsv);
    table!("supplier", SupplierGenerator, SupplierCsv);
    table!("partsupp", PartSuppGenerator, PartSuppCsv);
    table!("customer", CustomerGenerator, CustomerCsv);
    table!("orders", OrderGenerator, OrderCsv);
    table!("lineitem", LineItemGenerator, LineItemCsv);
    Ok(())
}

/// TPC-H of this scale in PostgreSQL: the database's name. One scale for a server.
pub fn tpch(server: &Running, scale: f64) -> Result<&'static str, String> {
    server.load_once("tpch", || {
        server.sql("", "create database tpch")?;
        let folder = server.file("tpch");
        fs::create_dir(&folder).map_err(|error| error.to_string())?;
        tpch_csv(&folder, scale).map_err(|error| error.to_string())?;
        let mut script = TPCH.to_owned();
        for table in TPCH_TABLES {
            let file = folder.join(format!("{table}.csv"));
            script.push_str(&format!("copy {table} from '{}' csv header;\n", file.display()));
        }
        server.load("tpch", (script + "analyze;\n").as_bytes())?;
        fs::remove_dir_all(&folder).map_err(|error| error.to_string())
    })?;
    Ok("tpch")
}
