import de.bwaldvogel.mongo.MongoCollection;
import de.bwaldvogel.mongo.MongoDatabase;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.CollectionOptions;
import de.bwaldvogel.mongo.backend.CursorRegistry;
import de.bwaldvogel.mongo.backend.Index;
import de.bwaldvogel.mongo.backend.IndexKey;
import de.bwaldvogel.mongo.backend.KeyValue;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import de.bwaldvogel.mongo.backend.h2.H2Database;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.oplog.Oplog;
import de.bwaldvogel.mongo.wire.message.MongoMessage;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;

/** The stand-in on 127.0.0.1: arguments are a port (0 = any) and a file. Prints the port; ends with its standard input. */
public final class StandIn {
  private static final Set<String> READS =
      Set.of("find", "getMore", "aggregate", "count", "distinct", "ismaster", "isMaster", "ping",
          "listIndexes", "listCollections", "listDatabases", "killCursors", "endSessions", "buildInfo");

  /** They change what others walk through unguarded. */
  private static final Set<String> ALONE =
      Set.of("create", "createIndexes", "drop", "dropDatabase", "dropIndexes", "renameCollection");

  /** The oldest that the Node driver talks to; what the stand-in claims by itself is below it. */
  private static final MongoVersion CLAIMED =
      new MongoVersion() {
        @Override
        public List<Integer> getVersionArray() {
          return List.of(4, 4, 0);
        }

        @Override
        public int getWireVersion() {
          return 9;
        }
      };

  /** Every write is in the file before it is answered, so that killing the process loses nothing that was answered. */
  private static final class Durable extends H2Backend {
    private final ReadWriteLock shape = new ReentrantReadWriteLock();

    Durable(MVStore store) {
      super(store);
    }

    @Override
    protected MongoDatabase openOrCreateDatabase(String name) {
      return new Indexed(name, getMvStore(), getCursorRegistry());
    }

    @Override
    public Document handleMessage(MongoMessage message) {
      String command = message.getDocument().keySet().iterator().next();
      Lock lock = ALONE.contains(command) ? shape.writeLock() : shape.readLock();
      lock.lock();
      try {
        Document answer = super.handleMessage(message);
        if (!READS.contains(command)) commit();
        return answer;
      } finally {
        lock.unlock();
      }
    }
  }

  private static final class Indexed extends H2Database {
    private final MVStore store;
    private final Map<String, Set<SecondaryIndex>> secondary = new ConcurrentHashMap<>();

    Indexed(String name, MVStore store, CursorRegistry cursors) {
      super(name, store, cursors);
      this.store = store;
      super.initializeNamespacesAndIndexes();
    }

    @Override
    protected void initializeNamespacesAndIndexes() {
      // Asked for while this is only half constructed, and done once it is whole.
    }

    private String indexMaps(String collection) {
      return getFullCollectionNamespace(collection) + "._index_";
    }

    private MVMap<KeyValue, Object> openIndex(String collection, String name) {
      MVMap.Builder<KeyValue, Object> builder = new MVMap.Builder<>();
      return store.openMap(
          indexMaps(collection) + name, builder.keyType(new Types.Keys()).valueType(new Types.Values()));
    }

    private MVMap<Object, Document> openDocuments(String collection) {
      MVMap.Builder<Object, Document> builder = new MVMap.Builder<>();
      return store.openMap(
          "databases." + getFullCollectionNamespace(collection),
          builder.keyType(new Types.Values()).valueType(new Types.Documents()));
    }

    @Override
    protected Index<Object> openOrCreateUniqueIndex(
        String collection, String name, List<IndexKey> keys, boolean sparse) {
      return new UniqueIndex(openIndex(collection, name), name, keys, sparse);
    }

    @Override
    protected Index<Object> openOrCreateSecondaryIndex(
        String collection, String name, List<IndexKey> keys, boolean sparse) {
      Set<SecondaryIndex> siblings = secondary.computeIfAbsent(collection, any -> ConcurrentHashMap.newKeySet());
      boolean isNew = !store.hasMap(indexMaps(collection) + name);
      SecondaryIndex index = new SecondaryIndex(openIndex(collection, name), name, keys, siblings);
      if (isNew) openDocuments(collection).forEach((position, document) -> index.add(document, position, null));
      return index;
    }

    @Override
    protected MongoCollection<Object> openOrCreateCollection(String name, CollectionOptions options) {
      // Opened here with types of our own, it is found open there.
      openDocuments(name);
      return super.openOrCreateCollection(name, options);
    }

    @Override
    public void dropCollection(String name, Oplog oplog) {
      super.dropCollection(name, oplog);
      secondary.remove(name);
      for (String map : indexMapsOf(name)) store.removeMap(map);
    }

    @Override
    public void drop(Oplog oplog) {
      super.drop(oplog);
      secondary.clear();
      String prefix = getDatabaseName() + ".";
      for (String map : Set.copyOf(store.getMapNames())) if (map.startsWith(prefix)) store.removeMap(map);
    }

    @Override
    public void moveCollection(MongoDatabase from, MongoCollection<?> collection, String name) {
      String before = collection.getCollectionName();
      super.moveCollection(from, collection, name);
      // It has made empty maps under the new name and would find those after a restart.
      for (String kind : List.of("databases.", "meta.")) {
        String now = kind + getFullCollectionNamespace(name);
        if (store.hasMap(now)) store.removeMap(now);
        store.renameMap(store.openMap(kind + getFullCollectionNamespace(before)), now);
      }
      for (String map : indexMapsOf(before)) {
        String index = map.substring(indexMaps(before).length());
        store.renameMap(openIndex(before, index), indexMaps(name) + index);
      }
      Set<SecondaryIndex> moved = secondary.remove(before);
      if (moved != null) secondary.put(name, moved);
    }

    private List<String> indexMapsOf(String collection) {
      String prefix = indexMaps(collection);
      return store.getMapNames().stream().filter(name -> name.startsWith(prefix)).toList();
    }
  }

  public static void main(String[] arguments) throws IOException {
    MVStore store = new MVStore.Builder().fileName(arguments[1]).autoCommitDisabled().cacheSize(64).open();
    Durable backend = new Durable(store);
    backend.version(CLAIMED);
    MongoServer server = new MongoServer(backend);
    server.bind("127.0.0.1", Integer.parseInt(arguments[0]));
    Runtime.getRuntime().addShutdownHook(new Thread(server::shutdownNow));
    System.out.println("listening on " + server.getLocalAddress().getPort());
    while (System.in.read() != -1) continue;
    System.exit(0);
  }

  private StandIn() {}
}
