// Texts that are dates or times, though their column is not of such a type.

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const month =
	'jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?';

const time = '(?:[01]?\\d|2[0-4]):[0-5]\\d(?::[0-5]\\d(?:[.,]\\d{1,9})?)?';

const yearFirst = new RegExp(
	`^(\\d{4})([-/.])(\\d{1,2})\\2(\\d{1,2})(?:[T ]${time}(?:\\s?(?:Z|UTC|[+-]\\d{2}:?\\d{2}))?)?$`
);
const yearLast = new RegExp(`^(\\d{1,2})([-/.])(\\d{1,2})\\2(\\d{4}|\\d{2})(?:,? ${time}(?: ?[AaPp][Mm])?)?$`);
const dayNamed = new RegExp(`^(?<day>\\d{1,2})[ -](?<month>${month})\\.?[ -,]{1,2}(?<year>\\d{4})$`, 'i');
const monthNamed = new RegExp(`^(?<month>${month})\\.? (?<day>\\d{1,2}),? (?<year>\\d{4})$`, 'i');

/** Year first, with an optional time; day or month first with `/`, `.` or `-`; or with the month's English name. The day exists. */
export function isDateText(text: string): boolean {
	const byYear = yearFirst.exec(text);
	if (byYear) return isDay(Number(byYear[1]), Number(byYear[3]), Number(byYear[4]));
	const byDay = yearLast.exec(text);
	if (byDay) {
		const [first, second, year] = [Number(byDay[1]), Number(byDay[3]), Number(byDay[4])];
		const fullYear = year < 100 ? 2000 + year : year;
		return isDay(fullYear, second, first) || isDay(fullYear, first, second);
	}
	const { month: name = '', day, year } = (dayNamed.exec(text) ?? monthNamed.exec(text))?.groups ?? {};
	return isDay(Number(year), months.indexOf(name.slice(0, 3).toLowerCase()) + 1, Number(day));
}

/** In the Gregorian calendar, of a year from 1000 on. */
function isDay(year: number, month: number, day: number): boolean {
	if (year < 1000 || month < 1 || month > 12 || day < 1) return false;
	const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
	const days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
	return day <= (days[month - 1] ?? 0);
}
