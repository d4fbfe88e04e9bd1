// The numbers under which countries answer emergencies. A list, and no rule: nothing else in a number tells that it is one.

/**
 * Of police, ambulance, fire and rescue, in whichever country (Wikipedia, "List of emergency telephone numbers"; ITU-T E.161.1
 * recommends 112 and 911). What is one in some country is refused in all.
 */
const EMERGENCY: ReadonlySet<string> = new Set(
  [
    '000 112 911 999 14 15 16 17 18 19 060 061 062 065 066 068 080 091 092',
    '100 101 102 103 104 105 106 107 108 110 111 113 114 115 116 117 118 119',
    '120 121 122 123 124 125 126 127 128 129 130 131 132 133 140 144 145',
    '150 151 155 157 158 159 160 165 166 170 171 175 177 180 185 188',
    '190 191 192 193 194 195 196 197 198 199 211 311 511 811',
    '988 990 991 992 993 994 995 996 997 998 1122 1554 1669 1990 10111 10177',
  ].flatMap((row) => row.split(' ')),
);

/** Bare digits, as they are dialled within a country. */
export const isEmergency = (digits: string): boolean => EMERGENCY.has(digits);
