import de.bwaldvogel.mongo.MongoCollection;
import de.bwaldvogel.mongo.backend.Index;
import de.bwaldvogel.mongo.backend.IndexKey;
import de.bwaldvogel.mongo.backend.KeyValue;
import de.bwaldvogel.mongo.bson.Document;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.h2.mvstore.MVMap;

/**
 * An index that finds candidates: those equal in its first keys, or in bounds of the next. The collection matches and
 * sorts them. Of several that could serve a filter the one that binds most keys does.
 */
final class SecondaryIndex extends Index<Object> {
  private final MVMap<KeyValue, Object> map;
  private final Set<SecondaryIndex> siblings;

  SecondaryIndex(MVMap<KeyValue, Object> map, String name, List<IndexKey> keys, Set<SecondaryIndex> siblings) {
    super(name, keys, false);
    this.map = map;
    this.siblings = siblings;
    siblings.removeIf(other -> other.getName().equals(name));
    siblings.add(this);
  }

  @Override
  public boolean canHandle(Document query) {
    int own = Plan.of(keys(), query).worth();
    if (own == 0) return false;
    for (SecondaryIndex other : siblings) if (Plan.of(other.keys(), query).worth() > own) return false;
    return true;
  }

  @Override
  public Iterable<Object> getPositions(Document query) {
    Set<Object> positions = new LinkedHashSet<>();
    for (Plan.Range range : Plan.of(keys(), query).ranges()) {
      Iterator<KeyValue> found = map.keyIterator(range.from());
      while (found.hasNext()) {
        KeyValue key = found.next();
        if (range.isPast(key)) break;
        positions.add(map.get(key));
      }
    }
    return positions;
  }

  private List<KeyValue> entries(Document document, Object position) {
    List<KeyValue> entries = new ArrayList<>();
    for (KeyValue values : getKeyValues(document)) {
      List<Object> whole = new ArrayList<>();
      values.forEach(whole::add);
      whole.add(position);
      entries.add(new KeyValue((Collection<?>) whole));
    }
    return entries;
  }

  @Override
  public void add(Document document, Object position, MongoCollection<Object> collection) {
    for (KeyValue key : entries(document, position)) map.put(key, position);
  }

  @Override
  public Object remove(Document document) {
    Object position = document.get("_id");
    for (KeyValue key : entries(document, position)) map.remove(key);
    return position;
  }

  @Override
  public void updateInPlace(Document before, Document after, Object position, MongoCollection<Object> collection) {
    List<KeyValue> old = entries(before, position);
    List<KeyValue> now = entries(after, position);
    for (KeyValue key : old) if (!now.contains(key)) map.remove(key);
    for (KeyValue key : now) if (!old.contains(key)) map.put(key, position);
  }

  @Override
  public Object getPosition(Document document) {
    return null;
  }

  @Override
  public void checkAdd(Document document, MongoCollection<Object> collection) {}

  @Override
  public void checkUpdate(Document before, Document after, MongoCollection<Object> collection) {}

  @Override
  public long getCount() {
    return map.sizeAsLong();
  }

  @Override
  public long getDataSize() {
    return 0;
  }

  @Override
  public void drop() {
    siblings.remove(this);
    map.clear();
  }
}
