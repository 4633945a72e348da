import { KEY, publicKey } from '../../lib/formats/wireguard-key';
import { tryRule } from './rules';

const RULE = 'must be a WireGuard key: 32 bytes in canonical base64, 44 characters';
const REPAIR = '; give the key that `wg pubkey` prints';
const BEYOND = `is not below 2^255-19, as every public key is${REPAIR}`;
const LOW = `is a point of low order, with which no handshake succeeds${REPAIR}`;
const BIT = `has bit 255 set, which no public key has${REPAIR}`;
const RIGHT = 'uNYSDDQmmnb2rC4lDJTgZ5c27VvdFZ9KZ+9fYTRTVG4=';

/** 32 bytes, least significant first: a few, then the same ones to the end, then the last. */
function key(first: readonly number[], middle: number, last: number): string {
  const bytes = Buffer.alloc(32, middle);
  bytes.set(first);
  bytes[31] = last;
  return bytes.toString('base64');
}

const hex = (text: string): string => Buffer.from(text, 'hex').toString('base64');

tryRule(publicKey, {
  right: [
    RIGHT,
    key([2], 0, 0),
    key([9], 0, 0),
    key([0, 1], 0, 0),
    key([0xeb], 0xff, 0x7f),
    key([0xff, 0xfe], 0xff, 0x7f),
    key([0xff], 0xff, 0x7e),
  ],
  wrong: {
    '': RULE,
    x: RULE,
    [RIGHT.slice(0, -1)]: `${RULE}; write ${RIGHT}`,
    [RIGHT.replace('+', '-')]: `${RULE}; write ${RIGHT}`,
    [RIGHT.replace('G4=', 'G5=')]: `${RULE}; write ${RIGHT}`,
    [`${RIGHT} `]: `${RULE}; write ${RIGHT}`,
    [` ${RIGHT}`]: `${RULE}; write ${RIGHT}`,
    [`${RIGHT.slice(0, -2)}==`]: RULE,
    [key([0], 0, 0)]: 'is the zero key, which belongs to nobody',
    [key([0], 0, 0x80)]: LOW,
    [key([1], 0, 0)]: LOW,
    [key([1], 0, 0x80)]: LOW,
    [hex('e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800')]: LOW,
    [hex('e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b880')]: LOW,
    [hex('5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157')]: LOW,
    [hex('5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f11d7')]: LOW,
    [key([0xec], 0xff, 0x7f)]: LOW,
    [key([0xed], 0xff, 0x7f)]: LOW,
    [key([0xee], 0xff, 0x7f)]: LOW,
    [key([0xef], 0xff, 0x7f)]: BEYOND,
    [key([0xff], 0xff, 0x7f)]: BEYOND,
    [key([2], 0, 0x80)]: BIT,
    [key([0xff], 0xff, 0xff)]: BIT,
  },
});

test('a key’s form says nothing of which key it is', () => {
  expect([KEY.test(RIGHT), KEY.test(key([0], 0, 0)), KEY.test(`x${RIGHT}`)]).toEqual([
    true,
    true,
    false,
  ]);
});
