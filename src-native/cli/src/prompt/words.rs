//! Words that Tab knows of each engine.

use rpc::query::Engine;

/// Words of SQL that all dialects have.
const SQL: &str = "select from where group by having order limit offset insert into values update set delete \
    create table view index unique drop alter add column rename to primary key foreign references constraint \
    check default not null and or in is like between exists case when then else end as distinct all union \
    intersect except join inner left right full outer cross on using with recursive asc desc begin commit \
    rollback savepoint release explain count sum avg min max coalesce nullif cast true false current_date \
    current_timestamp over partition rows lower upper length substr trim round abs replace";
const POSTGRES: &str = "returning ilike analyze vacuum truncate copy conflict do nothing lateral materialized \
    refresh schema sequence extension function trigger grant revoke show reset listen notify array_agg \
    string_agg jsonb_agg json_agg generate_series date_trunc extract now interval filter within search_path \
    concurrently cascade restrict temporary fetch prepare execute deallocate";
const MYSQL: &str = "returning show databases tables columns status variables processlist describe use truncate \
    auto_increment engine charset collate duplicate ignore group_concat ifnull concat date_format now interval \
    straight_join lock unlock trigger procedure function grant revoke regexp rlike";
const SQLITE: &str = "returning pragma vacuum attach detach reindex analyze autoincrement without rowid strict \
    conflict abort fail ignore glob match group_concat ifnull iif json_extract json_each strftime datetime \
    julianday typeof total random trigger temporary virtual";
const DUCKDB: &str = "returning describe summarize show pivot unpivot exclude qualify sample copy export import \
    attach detach install load read_csv read_parquet read_json list struct_pack unnest pragma ilike asof \
    positional";
const CLICKHOUSE: &str = "show databases tables describe use prewhere final sample format settings array join \
    any asof global engine mergetree partition ttl optimize system toDate toDateTime toStartOfHour countIf \
    uniq uniqExact quantile arrayJoin groupArray formatReadableSize now today yesterday";
const SQLSERVER: &str = "top go declare print exec execute procedure function trigger merge output identity \
    nvarchar getdate isnull convert try_convert string_agg apply nolock tempdb use throw try catch fetch next \
    only truncate grant revoke";
const REDIS: &str = "acl append auth bitcount bitfield bitop bitpos client cluster command config copy dbsize \
    decr decrby del discard dump echo eval evalsha exec exists expire expireat expiretime flushall flushdb \
    function geoadd geodist geohash geopos geosearch get getbit getdel getex getrange getset hdel hello hexists \
    hget hgetall hincrby hincrbyfloat hkeys hlen hmget hmset hrandfield hscan hset hsetnx hstrlen hvals incr \
    incrby incrbyfloat info keys lastsave latency lindex linsert llen lmove lpop lpos lpush lpushx lrange lrem \
    lset ltrim memory mget mset msetnx multi object persist pexpire pexpireat pfadd pfcount pfmerge ping psetex \
    pttl publish pubsub randomkey rename renamenx restore role rpop rpush rpushx sadd scan scard script sdiff \
    sdiffstore select set setbit setex setnx setrange sinter sintercard sinterstore sismember slowlog smembers \
    smismember smove sort spop srandmember srem sscan strlen sunion sunionstore swapdb time touch ttl type \
    unlink unwatch wait watch xack xadd xautoclaim xclaim xdel xgroup xinfo xlen xpending xrange xread \
    xreadgroup xrevrange xtrim zadd zcard zcount zdiff zincrby zinter zinterstore zlexcount zmscore zpopmax \
    zpopmin zrandmember zrange zrangebylex zrangebyscore zrank zrem zremrangebyrank zremrangebyscore zrevrange \
    zrevrangebyscore zrevrank zscan zscore zunion zunionstore";
/// Methods of a database of MongoDB.
const DATABASE: &str = "adminCommand createCollection createView dropDatabase getCollection getCollectionInfos \
    getCollectionNames getSiblingDB getUsers hostInfo runCommand serverStatus stats version";
/// Methods of a collection.
const COLLECTION: &str = "aggregate countDocuments createIndex deleteMany deleteOne distinct drop dropIndex \
    dropIndexes estimatedDocumentCount explain find findOne findOneAndDelete findOneAndReplace findOneAndUpdate \
    getIndexes insertMany insertOne renameCollection replaceOne stats updateMany updateOne";
/// Methods of what `find` and `aggregate` give.
const CURSOR: &str = "allowDiskUse batchSize collation comment count explain hint limit maxTimeMS pretty skip sort \
    toArray";

/// Where a word of MongoDB stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Of {
    /// Behind `db.`.
    Database,
    /// Behind `db.NAME.`.
    Collection,
    /// Behind a bracket.
    Cursor,
}

/// The words of a dialect.
pub(super) fn of(engine: Engine) -> impl Iterator<Item = &'static str> {
    let own = match engine {
        Engine::Postgres => POSTGRES,
        Engine::Mysql => MYSQL,
        Engine::Sqlite => SQLITE,
        Engine::Duckdb => DUCKDB,
        Engine::Clickhouse => CLICKHOUSE,
        Engine::Sqlserver => SQLSERVER,
        Engine::Redis => REDIS,
        Engine::Mongodb => "db show use",
    };
    let shared = if matches!(engine, Engine::Redis | Engine::Mongodb) { "" } else { SQL };
    shared.split_whitespace().chain(own.split_whitespace())
}

/// Methods of MongoDB.
pub(super) fn methods(of: Of) -> impl Iterator<Item = &'static str> {
    let words = match of {
        Of::Database => DATABASE,
        Of::Collection => COLLECTION,
        Of::Cursor => CURSOR,
    };
    words.split_whitespace()
}
