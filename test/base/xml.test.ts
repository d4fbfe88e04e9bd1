// Texts and elements in their order; all else is tested where the simulator reads TwiML with it.
import { expect, test } from 'vitest';
import { readXmlInOrder, XmlError } from '../../src/base/xml.ts';

test('texts and elements follow each other as they are written', () => {
  expect(readXmlInOrder('<a>one <b x="1">two</b> three<c/><![CDATA[<four>]]></a>')).toEqual({
    ...{ name: 'a', attributes: {} },
    content: [
      'one ',
      { name: 'b', attributes: { x: '1' }, content: ['two'] },
      ' three',
      { name: 'c', attributes: {}, content: [] },
      '<four>',
    ],
  });
});

test('what is not well-formed has its line beside its words', () => {
  const thrown = ((): unknown => {
    try {
      return readXmlInOrder('<a>\n<b>\n</a>');
    } catch (caught) {
      return caught;
    }
  })();
  expect(thrown).toBeInstanceOf(XmlError);
  expect(thrown).toMatchObject({
    ...{ line: 3, words: '</a> closes nothing; <b> is open' },
    message: 'line 3: </a> closes nothing; <b> is open',
  });
});
