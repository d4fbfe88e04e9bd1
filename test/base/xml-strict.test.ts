import fc from 'fast-check';
import { XMLParser } from 'fast-xml-parser';
import { expect, test } from 'vitest';
import { readXml, XmlError, type XmlElement } from '../../src/base/xml.ts';

test('elements, attributes, references, CDATA and comments', () => {
  const xml = `\uFEFF<?xml version="1.0" encoding="UTF-8"?>
    <Response><!-- one dash - is fine
    --><Say language='en-GB' voice = "a&quot;b">1 &lt; 2 &amp; &#x41;&#66;<![CDATA[<&>]]></Say><Hangup /></Response>
    `;
  expect(readXml(xml)).toEqual({
    name: 'Response',
    attributes: {},
    text: '',
    children: [
      { name: 'Say', attributes: { language: 'en-GB', voice: 'a"b' }, children: [], text: '1 < 2 & AB<&>' },
      { name: 'Hangup', attributes: {}, children: [], text: '' },
    ],
  });
});

test.each([
  ['', 'line 1: 0 root elements'],
  ['hello', 'outside the root'],
  ['<Response>', '<Response> is never closed'],
  ['<Response>\n<Say></Response>', 'line 2: </Response> closes nothing; <Say> is open'],
  ['</Response>', 'no element is open'],
  ['\n<?xml version="1.0"?><Response/>', 'very first'],
  ['<Response/><Response/>', '2 root elements'],
  ['<a b=c/>', 'is not XML'],
  ['<a b/>', 'is not XML'],
  ['<a b="1" b="2"/>', 'repeated'],
  ['<a b="<"/>', 'is not XML'],
  ['<a>fish & chips</a>', "'&' is no character"],
  ['<a href="?a=1&b=2"/>', "'&' is no character"],
  ['<a>&nbsp;</a>', "'&' is no character"],
  ['<a>&#x110000;</a>', 'no character'],
  ['<!DOCTYPE a [<!ENTITY e "v">]><a>&e;</a>', 'is not XML'],
  ['<a><!-- open</a>', 'is not XML'],
  ['<a><![CDATA[open</a>', 'is not XML'],
  ['{"a":1}', 'outside the root'],
])('%j is refused: %s', (xml, why) => {
  expect(() => readXml(xml)).toThrow(XmlError);
  expect(() => readXml(xml)).toThrow(why);
});

test('an element named after a prototype is only an element', () => {
  const root = readXml('<constructor __proto__="x"><toString/></constructor>');
  expect(Object.keys(root.attributes)).toEqual(['__proto__']);
  expect(root.children.map(({ name }) => name)).toEqual(['toString']);
});

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
const word = fc.stringMatching(/^[A-Z][a-z]{0,5}$/);
const text = fc.stringMatching(/^[a-z&<"é😀]{1,8}$/u);
const plain = {
  name: word,
  attributes: fc.dictionary(word, text, { maxKeys: 3, noNullPrototype: true }),
  text: fc.oneof(fc.constant(''), text),
};
const leaf = fc.record({ ...plain, children: fc.constant<XmlElement[]>([]) });
const twig = fc.record({ ...plain, children: fc.array(leaf, { maxLength: 3 }) });
const element = fc.record({ ...plain, children: fc.array(fc.oneof(leaf, twig), { maxLength: 3 }) });

function write({ name, attributes, text: inner, children }: XmlElement): string {
  const pairs = Object.entries(attributes).map(([key, value]) => ` ${key}="${escape(value)}"`);
  const content = escape(inner) + children.map(write).join('');
  return content === '' ? `<${name}${pairs.join('')}/>` : `<${name}${pairs.join('')}>${content}</${name}>`;
}

/** The ordered form of fast-xml-parser, made from our tree. */
function ordered({ name, attributes, text: inner, children }: XmlElement): object {
  const content = [...(inner === '' ? [] : [{ '#text': inner }]), ...children.map(ordered)];
  return { [name]: content, ...(Object.keys(attributes).length > 0 ? { ':@': attributes } : {}) };
}

test('any document comes back as it was written, and as fast-xml-parser reads it', () => {
  const judge = new XMLParser({
    preserveOrder: true,
    ignoreAttributes: false,
    attributeNamePrefix: '',
    parseTagValue: false,
    trimValues: false,
  });
  fc.assert(
    fc.property(element, (tree) => {
      const read = readXml(write(tree));
      expect(read).toEqual(tree);
      expect(judge.parse(write(tree))).toEqual([ordered(read)]);
    }),
  );
});

test('no text makes it throw anything but an XmlError', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[<>/a="'& !?[\]-]{0,40}$/), (xml) => {
      try {
        readXml(xml);
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(XmlError);
      }
    }),
    { numRuns: 2_000 },
  );
});
