/** Which labels: of which kinds of task, accepted when. */
import { TextField } from "../../../ui/Form";
import { datasets } from "../../../words/en-datasets";
import { Part, Ticks } from "../fields";
import { configsOf, dayOf, included, POOLS, startOf, takenBy, USUAL } from "../recipe";
import own from "../wizard.module.css";
import { joined, Named, type PartProps } from "./part";

const words = datasets.wizard;
const said = datasets.summary;

export function Labels({ plan, choices, set }: PartProps) {
  const { recipe } = plan;
  const kinds = takenBy(configsOf(plan), "all");
  const many = (kind: string) => choices.kinds.find((each) => each.kind === kind)?.labels ?? 0;
  const inPool = (pool: string) => choices.pools.find((each) => each.pool === pool)?.labels ?? 0;
  const chosen = joined(
    [
      included(plan).length < kinds.length &&
        datasets.recipe.listed(included(plan).map((kind) => datasets.kindsOfTask[kind] ?? kind)),
      recipe.since && said.since(recipe.since),
      recipe.until && said.until(`${dayOf(recipe.until, true)}T12:00`),
      recipe.pools.join() !== USUAL.pools.join() && datasets.recipe.listed(recipe.pools),
    ],
    words.everything,
  );
  return (
    <Part title={words.which} chosen={chosen}>
      {kinds.length > 1 && (
        <Ticks
          label={words.include}
          chosen={included(plan)}
          options={kinds.map((kind) => [kind, <Named name={datasets.kindsOfTask[kind]!} n={many(kind)} />])}
          onChange={(include) => set({ include })}
        />
      )}
      <fieldset className={own.group}>
        <legend>{words.dates}</legend>
        <div className={own.pair}>
          <TextField
            label={words.since}
            name="since"
            type="date"
            value={dayOf(recipe.since)}
            onChange={(event) => set({ since: startOf(event.target.value) })}
          />
          <TextField
            label={words.until}
            name="until"
            type="date"
            value={dayOf(recipe.until, true)}
            onChange={(event) => set({ until: startOf(event.target.value, 1) })}
          />
        </div>
      </fieldset>
      <Ticks
        label={words.pools}
        hint={words.poolsHint}
        chosen={recipe.pools}
        options={POOLS.map((pool) => [pool, <Named name={datasets.pools[pool]!} n={inPool(pool)} />])}
        onChange={(pools) => set({ pools: pools.length > 0 ? pools : USUAL.pools })}
      />
    </Part>
  );
}
