export { systemClock, type Clock } from '@city311/scheduling';
