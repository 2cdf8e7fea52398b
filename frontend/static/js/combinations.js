/**
 * Which choices of sale attributes exist as a SKU. Answers are kept, so that nothing is asked twice.
 */
import { NO_SUCH_COMBINATION } from "./api.js";
import { fetchSku } from "./goods.js";

const AT_ONCE = 4;
const MOST_PROBES = 60;

export class Combinations {
  constructor(spuId) {
    this.spuId = spuId;
    this.answers = new Map();
  }

  /** Remember the SKU of a selection (Map attribute id → value id). */
  learn(selection, skuId) {
    this.answers.set(keyOf(selection), Promise.resolve(skuId));
  }

  /** The SKU id of a selection, or null when there is none. Throws an ApiFailure when it cannot be told. */
  find(selection) {
    const key = keyOf(selection);
    if (!this.answers.has(key)) {
      const answer = this.ask(selection);
      answer.catch(() => this.answers.delete(key));
      this.answers.set(key, answer);
    }
    return this.answers.get(key);
  }

  async ask(selection) {
    try {
      return (await fetchSku(this.spuId, selection)).data;
    } catch (problem) {
      if (problem.kind === "refused" && problem.code === NO_SUCH_COMBINATION) return null;
      throw problem;
    }
  }

  /**
   * Try every selection that differs from this one in a single value, and report each as `onAnswer(attribute, value, exists)`
   * while `wanted()` holds. A probe that fails says nothing.
   */
  async probe(selection, choices, onAnswer, wanted) {
    const waiting = neighbours(selection, choices).slice(0, MOST_PROBES);
    const work = async () => {
      while (waiting.length && wanted()) {
        const { attribute, value } = waiting.shift();
        const skuId = await this.find(new Map(selection).set(attribute, value)).catch(() => undefined);
        if (skuId !== undefined && wanted()) onAnswer(attribute, value, skuId !== null);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  }
}

function neighbours(selection, choices) {
  return choices.flatMap(({ id, values }) => values
    .filter((value) => value.id !== selection.get(id))
    .map((value) => ({ attribute: id, value: value.id })));
}

function keyOf(selection) {
  return JSON.stringify([...selection].sort());
}
