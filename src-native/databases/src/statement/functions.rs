//! Functions that do more than compute: they write, reach files or other servers, run statements from
//! text, or change what a session or a server is.
//!
//! What an engine's read-only transaction stops by itself (a function of the user's that writes) is not
//! named here. What it does not stop is.

use crate::Engine;

/// Why a call of this function, named in small letters and without its schema, is refused where only
/// reading is allowed.
pub(super) fn refused(engine: Engine, name: &str) -> Option<&'static str> {
    if !name.is_ascii() && engine != Engine::Postgres {
        return Some("its name has letters that servers compare in different ways");
    }
    match engine {
        Engine::Postgres => postgres(name),
        Engine::Mysql => mysql(name),
        Engine::Sqlite => sqlite(name),
        Engine::Duckdb => duckdb(name),
        Engine::Clickhouse => clickhouse(name),
        Engine::Sqlserver => sqlserver(name),
        Engine::Redis | Engine::Mongodb => Some("nothing is known of it"),
    }
}

const FILES: &str = "it reaches files of the server";
const ELSEWHERE: &str = "it reaches other servers";
const RUNS: &str = "it runs a statement from a text";
const CHANGES: &str = "it changes something";
const LOCKS: &str = "it takes locks that others wait for";

/// Whether a function runs a statement from a text, wherever that is run.
pub(super) fn runs_texts(engine: Engine, name: &str) -> bool {
    match engine {
        Engine::Postgres => {
            postgres(name) == Some(RUNS)
                || matches!(name, "dblink" | "dblink_exec" | "dblink_send_query")
        }
        Engine::Sqlite => name == "eval",
        Engine::Sqlserver => name == "openquery",
        Engine::Duckdb => matches!(name, "postgres_execute" | "mysql_execute"),
        _ => false,
    }
}

/// Whether a function takes away what no statement brings back, or ends what others do.
pub(super) fn destroys(engine: Engine, name: &str) -> bool {
    match engine {
        Engine::Postgres => {
            listed(PG_DESTROYS, name) || begins(name, &["pg_stat_reset", "pg_drop_", "heap_force_"])
        }
        Engine::Duckdb => name == "truncate_duckdb_logs",
        _ => false,
    }
}

const PG_DESTROYS: &str = "
    pg_terminate_backend pg_cancel_backend lo_unlink pg_file_unlink pg_file_write pg_file_rename
    pg_replication_slot_advance pg_logical_slot_get_changes pg_logical_slot_get_binary_changes
    pg_replication_origin_drop pg_promote lo_export drop_chunks dropgeometrytable dropgeometrycolumn
    pg_truncate_visibility_map";

/// Whether a name is one of a list with spaces between.
fn listed(list: &str, name: &str) -> bool {
    list.split_ascii_whitespace().any(|it| it == name)
}

fn begins(name: &str, beginnings: &[&str]) -> bool {
    beginnings.iter().any(|it| name.starts_with(it))
}

/// Functions of PostgreSQL whose names begin with `pg_` are many, and new ones come with every version:
/// those that only read are named, all others are refused.
fn postgres(name: &str) -> Option<&'static str> {
    if let Some(rest) = name.strip_prefix("pg_") {
        let reads = PG_READS_BEGINNINGS.split_ascii_whitespace().any(|it| rest.starts_with(it))
            || rest.ends_with("_is_visible")
            || listed(PG_READS, rest);
        return if reads {
            None
        } else if begins(rest, &["read_", "ls_", "stat_file", "file_", "logdir_"]) {
            Some(FILES)
        } else if rest.contains("advisory") {
            Some(LOCKS)
        } else {
            Some("it is not among the functions pg_… that are known to only read")
        };
    }
    match name {
        "set_config" | "set_limit" | "nextval" | "setval" | "gin_clean_pending_list" => {
            Some(CHANGES)
        }
        "loread" | "lowrite" => Some(CHANGES),
        "query_to_xml"
        | "query_to_xmlschema"
        | "query_to_xml_and_xmlschema"
        | "cursor_to_xml"
        | "cursor_to_xmlschema"
        | "ts_stat"
        | "ts_rewrite"
        | "connectby"
        | "xpath_table"
        | "http_request" => Some(RUNS),
        "http"
        | "http_get"
        | "http_post"
        | "http_put"
        | "http_patch"
        | "http_delete"
        | "http_head"
        | "table_import_from_s3"
        | "query_export_to_s3"
        | "export_query_to_file" => Some(ELSEWHERE),
        _ if begins(name, &["lo_", "brin_", "binary_upgrade_"]) => Some(CHANGES),
        _ if begins(name, &["crosstab"]) => Some(RUNS),
        _ if begins(name, &["dblink", "postgres_fdw_"]) => Some(ELSEWHERE),
        _ => None,
    }
}

/// Whether PostgreSQL's `(argument).name` may be a call of something refused; `table.lo_price` is not.
pub(super) fn by_dot(name: &str) -> bool {
    let large = ["lo_unlink", "lo_creat", "lo_create", "lo_import", "lo_close", "lo_get"];
    if name.starts_with("lo_") { large.contains(&name) } else { name != "http" }
}

const PG_READS_BEGINNINGS: &str = "
    get_ stat_get_ size_ snapshot_ last_ has_ relation_ identify_object partition_ timezone_
    mcv_list_ ndistinct_ dependencies_ stats_ext_";

const PG_READS: &str = "
    available_extension_versions available_extensions available_wal_summaries backend_pid
    basetype blocking_pids buffercache_pages buffercache_summary buffercache_usage_counts
    char_to_encoding client_encoding collation_actual_version collation_for column_compression
    column_is_updatable column_size column_toast_chunk_id conf_load_time config
    control_checkpoint control_init control_recovery control_system conversion_is_visible
    current_logfile current_snapshot current_wal_flush_lsn current_wal_insert_lsn
    current_wal_lsn current_xact_id current_xact_id_if_assigned cursor
    database_collation_actual_version database_size describe_object encoding_max_length
    encoding_to_char event_trigger_ddl_commands event_trigger_dropped_objects
    extension_update_paths filenode_relation freespace index_column_has_property
    index_has_property indexam_has_property indexam_progress_phasename indexes_size
    input_error_info input_is_valid is_in_backup is_in_recovery is_other_temp_schema
    is_wal_replay_paused isolation_test_session_is_blocked jit_available listening_channels
    lock_status my_temp_schema notification_queue_usage numa_available opclass_is_visible
    options_to_table postmaster_start_time prepared_statement prepared_xact
    safe_snapshot_blocking_pids sequence_last_value sequence_parameters settings_get_flags
    show_all_settings show_replication_origin_status sleep sleep_for sleep_until
    stat_statements stat_statements_info
    table_size tablespace_databases tablespace_location tablespace_size total_relation_size
    trigger_depth trigger_name typeof visibility visibility_map visibility_map_summary
    visible_in_snapshot wal_lsn_diff walfile_name walfile_name_offset xact_commit_timestamp
    xact_commit_timestamp_origin xact_status";

fn mysql(name: &str) -> Option<&'static str> {
    match name {
        "load_file" => Some(FILES),
        "get_lock"
        | "release_lock"
        | "release_all_locks"
        | "service_get_read_locks"
        | "service_get_write_locks"
        | "service_release_locks" => Some(LOCKS),
        "nextval"
        | "setval"
        | "gen_dictionary_load"
        | "gen_dictionary_drop"
        | "set_firewall_mode"
        | "load_rewrite_rules"
        | "flush_rewrite_rules"
        | "read_firewall_users"
        | "read_firewall_whitelist"
        | "set_firewall_group_mode"
        | "read_firewall_groups"
        | "read_firewall_group_allowlist"
        | "firewall_group_enlist"
        | "firewall_group_delist"
        | "audit_api_message_emit_udf" => Some(CHANGES),
        "sys_exec" | "sys_eval" | "sys_set" | "sys_get" | "do_system" => {
            Some("it runs programs of the server")
        }
        _ if begins(name, &["lib_mysqludf_", "sys_bineval"]) => {
            Some("it runs programs of the server")
        }
        _ if begins(name, &["spider_", "http_"]) => Some(ELSEWHERE),
        _ if begins(
            name,
            &[
                "keyring_key_",
                "audit_log_",
                "group_replication_",
                "mysql_firewall_",
                "asynchronous_connection_failover_",
                "version_tokens_",
                "masking_dictionary",
                "mysql_query_attribute_set",
                "daemon_",
                "tp_connection_admin",
            ],
        ) =>
        {
            Some(CHANGES)
        }
        _ => None,
    }
}

fn sqlite(name: &str) -> Option<&'static str> {
    match name {
        "load_extension" | "fts3_tokenizer" => Some("it loads code"),
        "writefile" | "readfile" | "edit" | "fsdir" | "lsdir" | "lsmode" | "symlink"
        | "zipfile" | "csv" | "sqlite_dbpage" | "sqlite_dbdata" | "sqlite_dbptr"
        | "sqlar_compress" => Some(FILES),
        "eval" => Some(RUNS),
        _ => match name.strip_prefix("pragma_") {
            Some(pragma) if !pragma_reads(Engine::Sqlite, pragma, true) => {
                Some("it is not among the pragmas that only read")
            }
            _ => None,
        },
    }
}

fn duckdb(name: &str) -> Option<&'static str> {
    match name {
        "getenv" | "glob" | "sniff_csv" | "parquet_scan" | "seq_scan" | "arrow_scan"
        | "arrow_scan_dumb" | "pandas_scan" => Some(FILES),
        "query" | "query_table" | "json_execute_serialized_sql" | "python_map_function" => {
            Some(RUNS)
        }
        "nextval"
        | "setval"
        | "write_log"
        | "checkpoint"
        | "force_checkpoint"
        | "setvariable"
        | "truncate_duckdb_logs"
        | "add_parquet_key"
        | "copy_database"
        | "import_database" => Some(CHANGES),
        _ if begins(
            name,
            &["read_", "parquet_", "st_read", "iceberg_", "delta_", "shellfs", "excel_"],
        ) =>
        {
            Some(FILES)
        }
        _ if begins(
            name,
            &[
                "sqlite_",
                "postgres_",
                "mysql_",
                "http_",
                "load_aws",
                "ducklake_",
                "quack_",
                "odbc_",
                "mssql_",
                "bigquery_",
            ],
        ) =>
        {
            Some(ELSEWHERE)
        }
        _ if begins(
            name,
            &[
                "enable_",
                "disable_",
                "register_",
                "deregister_",
                "destroy_",
                "create_external",
                "start_",
                "stop_",
                "write_",
            ],
        ) =>
        {
            Some(CHANGES)
        }
        _ => None,
    }
}

fn clickhouse(name: &str) -> Option<&'static str> {
    match name {
        "file" | "filecluster" | "sqlite" | "catboostevaluate" | "modelevaluate" | "filesystem" => {
            Some(FILES)
        }
        "executable" => Some("it runs programs of the server"),
        "url"
        | "urlcluster"
        | "s3"
        | "s3cluster"
        | "gcs"
        | "oss"
        | "cosn"
        | "hdfs"
        | "hdfscluster"
        | "remote"
        | "remotesecure"
        | "mysql"
        | "postgresql"
        | "mongodb"
        | "redis"
        | "jdbc"
        | "odbc"
        | "arrowflight"
        | "ytsaurus"
        | "hudi"
        | "hudicluster"
        | "kafka"
        | "nats"
        | "rabbitmq"
        | "prometheusquery"
        | "prometheusqueryrange" => Some(ELSEWHERE),
        "generateserialid" | "input" => Some(CHANGES),
        _ if begins(name, &["azureblob", "iceberg", "deltalake", "paimon", "ai"])
            && name != "ai" =>
        {
            Some(ELSEWHERE)
        }
        _ => None,
    }
}

fn sqlserver(name: &str) -> Option<&'static str> {
    match name {
        "openrowset" | "opendatasource" | "openquery" => Some(ELSEWHERE),
        "fn_get_audit_file"
        | "fn_get_audit_file_v2"
        | "fn_xe_file_target_read_file"
        | "fn_trace_gettable"
        | "fn_dump_dblog"
        | "fn_full_dblog"
        | "dm_os_file_exists"
        | "dm_os_enumerate_filesystem"
        | "dm_os_enumerate_fixed_drives" => Some(FILES),
        _ if begins(name, &["xp_", "sp_"]) => Some(CHANGES),
        _ => None,
    }
}

/// Whether a function that stands for a table is known to give nothing but what the database holds.
/// Asked only of engines whose table functions reach files and networks.
pub(super) fn table_reads(engine: Engine, name: &str) -> bool {
    match engine {
        Engine::Duckdb => {
            listed(DUCKDB_TABLES, name)
                || name.strip_prefix("pragma_").is_some_and(|it| pragma_reads(engine, it, true))
        }
        Engine::Clickhouse => listed(CLICKHOUSE_TABLES, name),
        _ => true,
    }
}

const DUCKDB_TABLES: &str = "
    duckdb_columns duckdb_constraints duckdb_databases duckdb_dependencies duckdb_extensions
    duckdb_functions duckdb_indexes duckdb_keywords duckdb_logs duckdb_memory duckdb_optimizers
    duckdb_prepared_statements duckdb_schemas duckdb_sequences duckdb_settings duckdb_tables
    duckdb_temporary_files duckdb_triggers duckdb_types duckdb_variables duckdb_views
    duckdb_table_sample generate_series generate_subscripts histogram histogram_values
    icu_calendar_names json_each json_tree pg_timezone_names range regexp_split_to_table repeat
    repeat_row sql_auto_complete string_split summary test_all_types unnest";

const CLICKHOUSE_TABLES: &str = "
    cluster clusterallreplicas dictionary format fuzzjson generate_series generaterandom
    generateseries loop merge mergetreeindex mergetreeprojection null numbers numbers_mt primes
    values view viewexplain viewifpermitted zeros zeros_mt";

/// Whether a pragma only reads: with an argument in brackets, or without one.
pub(super) fn pragma_reads(engine: Engine, name: &str, argument: bool) -> bool {
    let name = name.to_ascii_lowercase();
    let duckdb = engine == Engine::Duckdb;
    let (asks, plain) = if duckdb {
        ("table_info storage_info show", DUCKDB_PRAGMAS)
    } else {
        (SQLITE_PRAGMAS_ASKING, SQLITE_PRAGMAS)
    };
    listed(asks, &name) || (!argument || duckdb) && listed(plain, &name)
}

const DUCKDB_PRAGMAS: &str = "
    collations database_list database_size extension_versions functions metadata_info platform
    show_databases show_tables show_tables_expanded user_agent version";

/// Pragmas whose argument says what is asked about.
const SQLITE_PRAGMAS_ASKING: &str = "
    foreign_key_check foreign_key_list index_info index_list index_xinfo integrity_check
    quick_check table_info table_list table_xinfo";

/// Pragmas that tell something where they have no argument.
const SQLITE_PRAGMAS: &str = "
    analysis_limit application_id auto_vacuum automatic_index busy_timeout cache_size
    cache_spill cell_size_check checkpoint_fullfsync collation_list compile_options data_version
    database_list defer_foreign_keys encoding foreign_keys freelist_count fullfsync
    function_list hard_heap_limit ignore_check_constraints journal_mode journal_size_limit
    legacy_alter_table locking_mode max_page_count mmap_size module_list page_count page_size
    pragma_list query_only read_uncommitted recursive_triggers reverse_unordered_selects
    schema_version secure_delete soft_heap_limit synchronous temp_store threads trusted_schema
    user_version wal_autocheckpoint writable_schema";
