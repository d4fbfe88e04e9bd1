// The fields of Salesforce's objects that this project touches, as far as its stand-in judges them
// (developer.salesforce.com/docs, Object Reference).

export type Kind = 'id' | 'text' | 'time' | 'date' | 'number' | 'boolean';

export interface Field {
  readonly kind: Kind;
  readonly most?: number;
  /** Given by Salesforce. */
  readonly readOnly?: true;
  readonly required?: true;
  /** Must be the id of a contact. */
  readonly contact?: true;
}
export type Schema = Readonly<Record<string, Field>>;

const text = (most: number): Field => ({ kind: 'text', most });
const OWN: Schema = {
  Id: { kind: 'id', readOnly: true },
  CreatedDate: { kind: 'time', readOnly: true },
  LastModifiedDate: { kind: 'time', readOnly: true },
  IsDeleted: { kind: 'boolean', readOnly: true },
};
const CONTACT: Field = { kind: 'id', contact: true };

export const SCHEMAS: Readonly<Record<string, Schema>> = {
  Contact: {
    ...OWN,
    FirstName: text(40),
    LastName: { kind: 'text', most: 80, required: true },
    Phone: text(40),
    MobilePhone: text(40),
    HomePhone: text(40),
    Email: text(80),
    Description: text(32_000),
  },
  Event: {
    ...OWN,
    OwnerId: { kind: 'id' },
    WhoId: CONTACT,
    Subject: text(255),
    StartDateTime: { kind: 'time', required: true },
    EndDateTime: { kind: 'time', readOnly: true },
    DurationInMinutes: { kind: 'number', required: true },
    ShowAs: text(40),
    IsChild: { kind: 'boolean', readOnly: true },
  },
  Task: {
    ...OWN,
    WhoId: CONTACT,
    Subject: text(255),
    Status: text(255),
    Priority: text(255),
    Description: text(32_000),
    TaskSubtype: text(40),
    CallType: text(40),
    CallDurationInSeconds: { kind: 'number' },
    CallDisposition: text(255),
    CallObject: text(255),
    ActivityDate: { kind: 'date' },
  },
  Case: {
    ...OWN,
    CaseNumber: { kind: 'text', readOnly: true },
    ContactId: CONTACT,
    Subject: text(255),
    Description: text(32_000),
    Status: text(255),
    Origin: text(255),
  },
  Order: {
    ...OWN,
    OrderNumber: { kind: 'text', readOnly: true },
    Name: text(80),
    Status: text(255),
    Description: text(32_000),
    BillToContactId: CONTACT,
    ShipToContactId: CONTACT,
  },
};
