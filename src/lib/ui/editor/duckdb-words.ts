// The words DuckDB 1.4 gives a meaning: for colours and for completion.

export const KEYWORDS =
	'all alter analyse analyze and anti any as asc asof asymmetric attach begin between both by case cast check ' +
	'collate column columns commit constraint copy create cross current default deferrable delete desc describe ' +
	'detach distinct do drop else end escape except exclude exists explain false fetch filter first following for ' +
	'foreign from full glob grant group groups having if ilike in initially inner insert intersect interval into is ' +
	'join last lateral leading left like limit natural not null nulls offset on only or order outer over partition ' +
	'pivot pivot_longer pivot_wider placing positional pragma preceding primary qualify range recursive references ' +
	'rename replace returning right rollback rows sample select semi set show similar some summarize symmetric table ' +
	'tablesample temporary then to trailing true try_cast unbounded union unique unpivot update use using values ' +
	'variadic view when where window with ';

export const TYPES =
	'array bigint binary bit bitstring blob bool boolean bpchar bytea char date datetime dec decimal double enum ' +
	'float float4 float8 guid hugeint inet int int1 int128 int16 int2 int32 int4 int64 int8 integer integral interval ' +
	'json list logical long map null numeric nvarchar oid real row short signed smallint string struct text time ' +
	'timestamp timestamp_ms timestamp_ns timestamp_s timestamp_us timestamptz timetz tinyint ubigint uhugeint uint128 ' +
	'uint16 uint32 uint64 uint8 uinteger union usmallint utinyint uuid varbinary varchar ';

export const FUNCTIONS =
	'abs acos add age aggregate alias any_value apply approx_count_distinct approx_quantile arbitrary arg_max ' +
	'arg_max_null arg_min arg_min_null argmax argmin array_agg array_aggr array_aggregate array_append array_apply ' +
	'array_cat array_concat array_contains array_cosine_similarity array_cross_product array_distance array_distinct ' +
	'array_dot_product array_extract array_filter array_grade_up array_has array_has_all array_has_any array_indexof ' +
	'array_inner_product array_intersect array_length array_pop_back array_pop_front array_position array_prepend ' +
	'array_push_back array_push_front array_reduce array_resize array_reverse array_reverse_sort array_select ' +
	'array_slice array_sort array_to_json array_to_string array_transform array_unique array_value array_where ' +
	'array_zip ascii asin atan atan2 avg base64 bin bit_and bit_count bit_length bit_or bit_position bit_xor ' +
	'bitstring bitstring_agg bool_and bool_or cardinality cast cbrt ceil ceiling century chr coalesce concat ' +
	'concat_ws contains corr cos cot count count_if count_star covar_pop covar_samp cume_dist current_catalog ' +
	'current_database current_date current_localtime current_localtimestamp current_query current_role current_schema ' +
	'current_schemas current_setting current_user currval damerau_levenshtein date_add date_diff date_part date_sub ' +
	'date_trunc datediff datepart datesub datetrunc day dayname dayofmonth dayofweek dayofyear decade decode degrees ' +
	'dense_rank divide duckdb_columns duckdb_constraints duckdb_databases duckdb_functions duckdb_indexes ' +
	'duckdb_keywords duckdb_schemas duckdb_settings duckdb_tables duckdb_types duckdb_views element_at encode ' +
	'ends_with entropy enum_code enum_first enum_last enum_range enum_range_boundary epoch epoch_ms epoch_ns epoch_us ' +
	'era error even exp factorial favg fdiv filter first first_value flatten floor fmod format format_bytes ' +
	'formatreadabledecimalsize formatreadablesize from_base64 from_binary from_hex from_json from_json_strict fsum ' +
	'gamma gcd gen_random_uuid generate_series generate_subscripts geomean geometric_mean get_bit get_current_time ' +
	'get_current_timestamp getenv glob grade_up greatest greatest_common_divisor group_concat hamming hash hex ' +
	'histogram hour if ifnull instr isfinite isinf isnan isodow isoyear jaccard jaro_similarity ' +
	'jaro_winkler_similarity json_array json_array_length json_contains json_extract json_extract_path ' +
	'json_extract_path_text json_extract_string json_group_array json_group_object json_group_structure json_keys ' +
	'json_merge_patch json_object json_quote json_structure json_transform json_transform_strict json_type json_valid ' +
	'julian kahan_sum kurtosis kurtosis_pop lag last last_day last_value lcase lcm lead least least_common_multiple ' +
	'left left_grapheme len length length_grapheme levenshtein lgamma list list_aggr list_aggregate list_any_value ' +
	'list_append list_apply list_approx_count_distinct list_avg list_bit_and list_bit_or list_bit_xor list_bool_and ' +
	'list_bool_or list_cat list_concat list_contains list_cosine_similarity list_count list_distance list_distinct ' +
	'list_dot_product list_element list_entropy list_extract list_filter list_first list_grade_up list_has ' +
	'list_has_all list_has_any list_histogram list_indexof list_inner_product list_intersect list_kurtosis ' +
	'list_kurtosis_pop list_last list_mad list_max list_median list_min list_mode list_pack list_position ' +
	'list_prepend list_product list_reduce list_resize list_reverse list_reverse_sort list_select list_sem ' +
	'list_skewness list_slice list_sort list_stddev_pop list_stddev_samp list_string_agg list_sum list_transform ' +
	'list_unique list_value list_var_pop list_var_samp list_where list_zip listagg ln log log10 log2 lower lpad ' +
	'lsmode ltrim mad make_date make_time make_timestamp make_timestamptz map map_concat map_entries map_extract ' +
	'map_from_entries map_keys map_values max max_by md5 md5_number mean median microsecond millennium millisecond ' +
	'min min_by minute mismatches mod mode month monthname multiply nextafter nextval nfc_normalize now nth_value ' +
	'ntile nullif octet_length ord parquet_file_metadata parquet_metadata parquet_scan parquet_schema parse_dirname ' +
	'parse_dirpath parse_filename parse_path percent_rank pi position pow power prefix printf product quantile ' +
	'quantile_cont quantile_disc quarter radians random range rank read_blob read_csv read_csv_auto read_json ' +
	'read_json_auto read_json_objects read_json_objects_auto read_ndjson read_ndjson_auto read_ndjson_objects ' +
	'read_parquet read_text reduce regexp_escape regexp_extract regexp_extract_all regexp_full_match regexp_matches ' +
	'regexp_replace regexp_split_to_array regexp_split_to_table regr_avgx regr_avgy regr_count regr_intercept regr_r2 ' +
	'regr_slope regr_sxx regr_sxy regr_syy repeat replace reverse right right_grapheme round round_even roundbankers ' +
	'row row_number row_to_json rpad rtrim second sem session_user set_bit setseed sha256 sha3 sign signbit sin ' +
	'skewness sniff_csv split split_part sqrt starts_with stddev stddev_pop stddev_samp str_split str_split_regex ' +
	'strftime string_agg string_split string_split_regex string_to_array strip_accents strlen strpos strptime ' +
	'struct_extract struct_insert struct_pack substr substring substring_grapheme subtract suffix sum sumkahan tan ' +
	'time_bucket timezone timezone_hour timezone_minute to_base to_base64 to_binary to_centuries to_days to_decades ' +
	'to_hex to_hours to_json to_microseconds to_millennia to_milliseconds to_minutes to_months to_seconds ' +
	'to_timestamp to_weeks to_years today transaction_timestamp translate trim trunc try_cast try_strptime typeof ' +
	'ucase unbin unhex unicode union_extract union_tag union_value unnest unpivot_list upper uuid var_pop var_samp ' +
	'variance version week weekday weekofyear xor year yearweek ';
