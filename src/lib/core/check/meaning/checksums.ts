// Numbers that carry their own proof: account numbers and card numbers.

/** Luhn's check digit, of 12 to 19 digits, spaces and hyphens between them allowed. Source: ISO/IEC 7812-1, annex B. */
export function isCardNumber(text: string): boolean {
	if (!/^\d(?:[ -]?\d){11,18}$/.test(text)) return false;
	const digits = text.replace(/[ -]/g, '');
	// No issuer has a leading 0, and a row of equal digits is a placeholder.
	if (digits.startsWith('0') || /^(\d)\1+$/.test(digits)) return false;
	let sum = 0;
	for (let at = 0; at < digits.length; at++) {
		const digit = digits.charCodeAt(digits.length - 1 - at) - 48;
		const doubled = digit * 2;
		sum += at % 2 === 0 ? digit : doubled > 9 ? doubled - 9 : doubled;
	}
	return sum % 10 === 0;
}

/** Lengths by country. Source: SWIFT IBAN registry, release 99. */
const ibanLengths: Readonly<Record<string, number>> = Object.fromEntries(
	(
		'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 ES24 FI18 FO18 FR27 ' +
		'GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 ' +
		'MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 SA24 SC31 SE24 SI19 SK24 SM27 ST25 SV28 TL23 ' +
		'TN24 TR26 UA29 VA22 VG24 XK20'
	)
		.split(' ')
		.map((entry) => [entry.slice(0, 2), Number(entry.slice(2))])
);

/** Country, length, and the remainder of 97; spaces in groups allowed. Source: ISO 13616-1. */
export function isIban(text: string): boolean {
	if (!/^[A-Z]{2}\d{2}[A-Z0-9 ]{10,40}$/.test(text)) return false;
	const compact = text.replaceAll(' ', '');
	if (ibanLengths[compact.slice(0, 2)] !== compact.length) return false;
	let rest = 0;
	for (const character of compact.slice(4) + compact.slice(0, 4)) {
		const value = parseInt(character, 36);
		rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
	}
	return rest === 1;
}
