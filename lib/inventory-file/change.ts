import { chmodSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { UserError } from '../errors';
import { attempt, ifThere, writeWhole, type WholeFile } from '../files';
import { parseAddress } from '../formats/address';
import { dnsLabel } from '../formats/host-name';
import { publicKey as publicKeyRule } from '../formats/wireguard-key';
import type { Inventory } from '../inventory/inventory';
import { InventoryError } from '../inventory/issue';
import { parseInventory } from '../inventory/load';
import { quote } from '../printable';
import { addPeer, removePeer } from './edit';
import { freeAddress } from './free-address';

/** A change of an inventory file, checked as a whole; nothing is written before {@link applyChange}. */
export interface InventoryChange {
  /** As it was named. */
  readonly file: string;
  /** The file's bytes before. */
  readonly original: Buffer;
  readonly text: string;
  readonly before: Inventory;
  readonly after: Inventory;
}

/** A peer to add. */
export interface NewPeer {
  /** A DNS label. */
  readonly name: string;
  readonly publicKey: string;
  /** VPN address. @default the next free one beside those of the others */
  readonly address?: string;
}

/**
 * The change that adds a peer.
 *
 * @throws UserError when the inventory is at fault, or would be, or no address is free
 */
export function peerAddition(file: string, { name, publicKey, address }: NewPeer): InventoryChange {
  const { original, text, inventory } = read(file);
  const namesake = inventory.peers.find((peer) => peer.name === name);
  if (namesake !== undefined) {
    throw new UserError(
      `${file}: has a peer ${quote(name)} already, at ${namesake.address.text}; choose another name, or remove ` +
        'that one first with --remove',
    );
  }
  refuse('name', name, dnsLabel(name));
  refuse('public key', publicKey, publicKeyRule(publicKey));
  const entry = { name, publicKey, address: address ?? addressFor(file, inventory) };
  const reading = parseAddress(entry.address);
  refuse('address', entry.address, 'problem' in reading ? reading.problem : undefined);
  const edited = inFile(file, () => addPeer(text, entry));
  return { file, original, text: edited, before: inventory, after: check(file, edited) };
}

function addressFor(file: string, inventory: Inventory): string {
  const free = freeAddress(inventory);
  if (free !== undefined) return free.text;
  throw new UserError(
    `${file}: no address beside those of its peers and network is free; choose one with --address`,
  );
}

/** The change that removes a peer. */
export interface PeerRemoval extends InventoryChange {
  /** Comments that go with it. */
  readonly comments: readonly string[];
}

/**
 * The change that removes a peer wherever it is named.
 *
 * @param name of a peer that there is
 * @throws UserError when the inventory is at fault, or would be
 */
export function peerRemoval(file: string, name: string): PeerRemoval {
  const { original, text, inventory } = read(file);
  const { text: edited, comments } = inFile(file, () => removePeer(text, name));
  return { file, original, text: edited, before: inventory, after: check(file, edited), comments };
}

/**
 * Writes a change: the file is whole at any moment, and keeps its permissions. A link stays one.
 *
 * @param others files that are written before it, or nothing is
 * @throws UserError when the file was changed since it was read, or the disk refuses
 */
export function applyChange(change: InventoryChange, others: readonly WholeFile[] = []): void {
  const { file, original, text } = change;
  const path = attempt(file, () => realpathSync(file));
  const { mode } = attempt(file, () => statSync(path));
  if (!attempt(file, () => readFileSync(path)).equals(original)) {
    throw new UserError(`${file}: was changed just now, and was left so; run the command again`);
  }
  const permissions = mode & 0o777;
  writeWhole([...others, { path, content: text, mode: permissions, replace: true }]);
  attempt(file, () => {
    chmodSync(path, permissions);
  });
}

function read(file: string): { original: Buffer; text: string; inventory: Inventory } {
  const original = ifThere(file, () => readFileSync(file));
  if (original === undefined) throw new UserError(`${file}: does not exist; create it`);
  const text = original.toString('utf8');
  const inventory = parseInventory(file, text);
  if (original.equals(Buffer.from(text))) return { original, text, inventory };
  throw new UserError(`${file}: is not UTF-8 throughout, and was left as it is; save it as UTF-8`);
}

function check(file: string, text: string): Inventory {
  try {
    return parseInventory(file, text);
  } catch (error) {
    if (!(error instanceof InventoryError)) throw error;
    throw new UserError([
      `${file}: was left as it is: with this change it would be at fault`,
      ...error.lines,
    ]);
  }
}

function refuse(what: string, value: string, problem: string | undefined): void {
  if (problem !== undefined) throw new UserError(`the ${what} ${quote(value)} ${problem}`);
}

function inFile<T>(file: string, edit: () => T): T {
  try {
    return edit();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`${file}: ${error.message}`);
  }
}
