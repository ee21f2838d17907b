// Words that DuckDB takes for syntax where a name could stand. Source: its keyword lists "reserved" and "type_function", version 1.4.
const text = `all analyse analyze and any array as asc asymmetric both case cast check collate column constraint create default
	deferrable desc describe distinct do else end except false fetch for foreign from group having in initially intersect into
	lambda lateral leading limit not null offset on only or order pivot pivot_longer pivot_wider placing primary qualify
	references returning select show some summarize symmetric table then to trailing true union unique unpivot using variadic
	when where window with anti asof at authorization binary collation concurrently cross freeze full generated glob ilike inner
	is isnull join left like map natural notnull outer overlaps positional right semi similar struct tablesample try_cast verbose
	between exists interval row unnest values`;

export const reservedWords: ReadonlySet<string> = new Set(text.split(/\s+/));
