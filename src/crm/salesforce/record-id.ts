// Salesforce's record ids: 15 letters and digits, or 18 where case is not to matter.
export const isRecordId = (text: string): boolean => /^[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?$/.test(text);
