import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { mergePatch } from "../../Sources/Server/Web/parlor.js";

describe("Merge patch", () => {
  const vectors = JSON.parse(readFileSync(new URL("./merge-patch-rfc7396.json", import.meta.url)));
  assert.equal(vectors.length, 15);
  for (const { original, patch, result } of vectors) {
    test(`${JSON.stringify(original)} with ${JSON.stringify(patch)}`, () => {
      const before = JSON.stringify(original);
      assert.deepEqual(mergePatch(original, patch), result);
      assert.equal(JSON.stringify(original), before, "the original is left alone");
    });
  }

  test("a key named __proto__ is a key like any other", () => {
    const merged = mergePatch({}, JSON.parse('{"__proto__": {"polluted": true}}'));
    assert.equal({}.polluted, undefined);
    assert.equal(Object.getPrototypeOf(merged), Object.prototype);
    assert.ok(Object.hasOwn(merged, "__proto__"));
  });
});
