import de.bwaldvogel.mongo.backend.KeyValue;
import de.bwaldvogel.mongo.bson.Document;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;

/** What of a filter an index over `keys` can bind: values for its first keys, then bounds for one more. */
final class Plan {
  private final List<List<Object>> prefixes = new ArrayList<>();
  private int bound = 0;
  private Object low = null;
  private Object high = null;
  private boolean limited = false;

  static Plan of(List<String> keys, Document query) {
    Plan plan = new Plan();
    plan.prefixes.add(List.of());
    for (String key : keys) {
      List<Object> asked = new ArrayList<>();
      collect(query, key, asked);
      Collection<?> values = valuesOf(asked);
      if (values == null) {
        plan.limit(asked);
        break;
      }
      plan.bind(values);
    }
    return plan;
  }

  int worth() {
    return 2 * bound + (limited ? 1 : 0);
  }

  List<Range> ranges() {
    List<Range> ranges = new ArrayList<>();
    for (List<Object> prefix : prefixes) ranges.add(new Range(prefix, low, high));
    return ranges;
  }

  private void bind(Collection<?> values) {
    List<List<Object>> longer = new ArrayList<>();
    for (List<Object> prefix : prefixes) {
      for (Object value : values) {
        List<Object> next = new ArrayList<>(prefix);
        next.add(Types.normal(value));
        longer.add(next);
      }
    }
    prefixes.clear();
    prefixes.addAll(longer);
    bound++;
  }

  private void limit(List<Object> asked) {
    for (Object condition : asked) {
      if (!(condition instanceof Document)) continue;
      Document operators = (Document) condition;
      for (String name : List.of("$gt", "$gte")) if (operators.get(name) != null) low = operators.get(name);
      for (String name : List.of("$lt", "$lte")) if (operators.get(name) != null) high = operators.get(name);
    }
    limited = low != null || high != null;
  }

  private static void collect(Document query, String key, List<Object> into) {
    if (query.containsKey(key)) into.add(query.get(key));
    Object all = query.get("$and");
    if (all instanceof Collection) for (Object part : (Collection<?>) all) collect((Document) part, key, into);
  }

  /** Those that the key must be one of; null where the filter does not say so. */
  private static Collection<?> valuesOf(List<Object> asked) {
    for (Object condition : asked) {
      if (condition instanceof String || condition instanceof Number || condition instanceof Boolean)
        return List.of(condition);
      if (!(condition instanceof Document)) continue;
      Document operators = (Document) condition;
      if (operators.containsKey("$eq")) return Collections.singletonList(operators.get("$eq"));
      if (operators.get("$in") instanceof Collection) return (Collection<?>) operators.get("$in");
      if (operators.get("$all") instanceof Collection && !((Collection<?>) operators.get("$all")).isEmpty())
        return List.of(((Collection<?>) operators.get("$all")).iterator().next());
    }
    return null;
  }

  /** A stretch of an index: all that begins with `prefix`, its next value within bounds. */
  static final class Range {
    private final List<Object> prefix;
    private final Object low;
    private final Object high;

    Range(List<Object> prefix, Object low, Object high) {
      this.prefix = prefix;
      this.low = low;
      this.high = high;
    }

    /** Null for the beginning. */
    KeyValue from() {
      List<Object> start = new ArrayList<>(prefix);
      if (low != null) start.add(Types.normal(low));
      return start.isEmpty() ? null : new KeyValue((Collection<?>) start);
    }

    boolean isPast(KeyValue key) {
      for (int i = 0; i < prefix.size(); i++) {
        if (Types.compareValues(key.get(i), prefix.get(i)) != 0) return true;
      }
      return high != null && Types.compareValues(key.get(prefix.size()), Types.normal(high)) > 0;
    }
  }

  private Plan() {}
}
